// What the smaller panels share: asking Python, and the lines of words about what went wrong.
import {
  type Announce,
  announcer,
  every,
  h,
  hear,
  Intents,
  type Model,
  Notices,
  type Outcome,
  Refused,
  setAttribute,
  showProblem,
  Unanswered,
  watch,
} from "../kit";

const NAMED = 12; // refusals named one by one
const SILENCE = 8000; // ms without a word from Python until it is said

/** Whether what a control has asked for is still under way. */
export function isBusy(control: HTMLElement): boolean {
  return control.getAttribute("aria-busy") === "true";
}

export class Desk {
  readonly intents: Intents;
  readonly announce: Announce;
  readonly notices = new Notices();
  #heard = 0; // when Python sent a message last

  constructor(
    readonly root: HTMLElement,
    readonly model: Model,
    readonly signal: AbortSignal,
  ) {
    this.intents = new Intents(model, signal);
    this.announce = announcer(root);
    hear(model, signal, () => {
      this.#heard = Date.now();
    });
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
  async ask<T>(verb: string, args: object = {}): Promise<T | undefined> {
    const listen = this.#listen();
    try {
      return await this.intents.ask<T>(verb, args);
    } catch (error) {
      if (!this.signal.aborted && error instanceof Refused)
        this.announce([error.message, error.advice].filter(Boolean).join(" "));
      return undefined;
    } finally {
      clearInterval(listen);
      this.notices.set("unanswered", null);
    }
  }

  /** As `ask`, with a control greyed and deaf meanwhile. It is not disabled: that would lose the focus. */
  async press<T>(control: HTMLElement, verb: string, args: object = {}): Promise<T | undefined> {
    if (isBusy(control)) return undefined;
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

  /** Say so when nothing is heard of Python while it is asked. What takes long shows that it goes on. */
  #listen(): ReturnType<typeof setInterval> {
    const asked = Date.now();
    const listen = every(1000, this.signal, () => {
      if (this.get("loading") || Date.now() - Math.max(asked, this.#heard) < SILENCE) return;
      const { message, advice } = new Unanswered();
      this.notices.set("unanswered", { kind: "", text: [h("b", null, message), ` ${advice}`] });
      clearInterval(listen);
    });
    return listen;
  }
}
