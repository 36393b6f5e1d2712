// What the smaller panels share: asking Python, and the lines of words about what went wrong.
import {
  type Announce,
  announcer,
  h,
  Intents,
  type Model,
  Notices,
  Refused,
  setAttribute,
  showProblem,
  Unanswered,
  watch,
} from "../kit";

/** What became of a verb on one thing. */
export interface Outcome {
  key: string;
  name: string;
  ok: boolean;
  message: string;
  advice: string | null;
}

const NAMED = 12; // refusals named one by one

export class Desk {
  readonly intents: Intents;
  readonly announce: Announce;
  readonly notices = new Notices();

  constructor(
    readonly root: HTMLElement,
    readonly model: Model,
    readonly signal: AbortSignal,
  ) {
    this.intents = new Intents(model, signal);
    this.announce = announcer(root);
    this.watch(["problem", "link"], () => showProblem(this.notices, model, this.intents));
    this.watch(["loading"], () => setAttribute(root, "aria-busy", this.get("loading") ? "true" : null));
  }

  get<T>(name: string): T {
    return this.model.get(name) as T;
  }

  get readOnly(): boolean {
    return this.get("read_only");
  }

  watch(names: string[], handler: () => void): void {
    watch(this.model, names, this.signal, handler);
  }

  /** The result of a verb, or undefined if it was refused: then the problem line says why. */
  async ask<T>(verb: string, args: object = {}, patience = 0): Promise<T | undefined> {
    try {
      const result = await this.intents.ask<T>(verb, args, patience);
      this.notices.set("unanswered", null);
      return result;
    } catch (error) {
      if (this.signal.aborted || !(error instanceof Refused)) return undefined;
      this.announce([error.message, error.advice].filter(Boolean).join(" "));
      if (error instanceof Unanswered) this.#sayUnanswered(error);
      return undefined;
    }
  }

  /** As `ask`, with a control greyed and deaf meanwhile. It is not disabled: that would lose the focus. */
  async press<T>(control: HTMLElement, verb: string, args: object = {}): Promise<T | undefined> {
    if (control.getAttribute("aria-busy") === "true") return undefined;
    setAttribute(control, "aria-busy", "true");
    const result = await this.ask<T>(verb, args);
    setAttribute(control, "aria-busy", null);
    return result;
  }

  /** One line about what an action came to, with each refusal and its reason. */
  report(said: string, outcomes: Outcome[]): void {
    const failed = outcomes.filter((outcome) => !outcome.ok);
    const reasons = failed
      .slice(0, NAMED)
      .map(({ name, message, advice }) => h("div", null, h("b", null, name), `: ${message} ${advice ?? ""}`));
    const more = failed.length - reasons.length;
    this.notices.set("outcome", {
      kind: failed.length ? "err" : "info",
      text: [said, ...reasons, more > 0 && h("div", { class: "ivk-muted" }, `and ${more} more`)],
      dismissed: () => {},
    });
    this.announce(said);
  }

  #sayUnanswered({ message, advice }: Unanswered): void {
    const text = [h("b", null, message), ` ${advice ?? ""}`];
    this.notices.set("unanswered", { kind: "", text, dismissed: () => {} });
  }
}
