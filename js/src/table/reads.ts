// Asking Python for what is to be shown. A late answer is better than none: it is waited for, and that it is late is
// said; what a person had asked for and forgotten (a dialog, a file) is given up instead, by `PATIENCE`.
import { type Answer, Unanswered } from "../kit";
import { type Desk, PATIENCE } from "./desk";

export class Reads {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  async ask<T>(verb: string, args: object): Promise<T> {
    return (await this.askAll<T>(verb, args)).result;
  }

  /** As `ask`, with the bytes that came beside the result. */
  async askAll<T>(verb: string, args: object): Promise<Answer<T>> {
    const { intents, notices } = this.#desk;
    const late = setTimeout(() => this.#desk.complain(new Unanswered()), PATIENCE);
    try {
      const answer = await intents.askAll<T>(verb, args);
      notices.set("unanswered", null);
      return answer;
    } finally {
      clearTimeout(late);
    }
  }
}
