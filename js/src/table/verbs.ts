// The verbs on the selected models: ask first where something is lost, then say what became of each model.
import { div, h, type Outcome, Refused } from "../kit";
import * as icons from "../kit/icons";
import { base64, confirmPlan, copyText, download, type Plan, summary } from "./actions";
import { type Desk, PATIENCE } from "./desk";
import type { Action } from "./foot";

interface Elsewhere {
  /** Open the editor of a model. */
  edit(key: string): Promise<void>;
  /** The cover of a model is another now. */
  coverChanged(key: string): void;
}

/** What is asked about first, and how its end is told. */
const DONE = { delete: "deleted", reidentify: "identified again", convert: "converted" };

const LARGEST = 7e6; // bytes; a message of 10 MiB would cut the connection to Python
const TOO_LARGE = new Refused("The picture is too large.", "Take one of at most 7 MB.");

export class VerbsOn {
  readonly #desk: Desk;
  readonly #elsewhere: Elsewhere;
  #isAsking = false;

  constructor(desk: Desk, elsewhere: Elsewhere) {
    this.#desk = desk;
    this.#elsewhere = elsewhere;
  }

  /** What can be done with a selection, in the order of the menu. */
  actions(): Action[] {
    const keys = () => [...this.#desk.shown.selected];
    const one = { single: true, changes: true };
    const many = { changes: true, direct: true };
    return [
      { label: "Edit…", ...one, go: () => void this.#elsewhere.edit(keys()[0]!) },
      { label: "Reidentify…", ...many, go: () => void this.ask("reidentify") },
      { label: "Convert to diffusers…", ...many, go: () => void this.ask("convert") },
      { label: "Set cover…", ...one, go: () => this.pickCover(keys()[0]!) },
      { label: "Copy keys", go: () => this.copy(keys().join("\n")) },
      { label: "Export as CSV", go: () => void this.#exportAs("csv") },
      { label: "Export as JSON", go: () => void this.#exportAs("json") },
      { label: "Delete…", ...many, icon: icons.TRASH, danger: true, go: () => void this.ask("delete") },
    ];
  }

  /** Say what it would do to the selected models, and do it if that is wanted. */
  async ask(verb: keyof typeof DONE): Promise<void> {
    const { root, shown, traits, intents } = this.#desk;
    const keys = [...shown.selected];
    if (!keys.length || traits.get("read_only") || this.#isAsking) return;
    this.#isAsking = true;
    try {
      const plan = await intents.ask<Plan>("plan", { action: verb, keys }, PATIENCE);
      if (!(await confirmPlan(root, plan))) return;
    } catch (error) {
      return this.#desk.complain(error);
    } finally {
      this.#isAsking = false;
    }
    await this.#run(verb, DONE[verb], keys);
  }

  async #run(verb: string, done: string, keys: string[], more: object = {}): Promise<void> {
    for (const key of keys) this.#desk.shown.painting.failed.delete(key);
    this.#desk.notices.set("refused", null);
    try {
      this.#report(done, await this.#desk.intents.ask<Outcome[]>(verb, { keys, ...more }));
    } catch (error) {
      this.#desk.complain(error);
    }
  }

  /** One outcome for each model: what failed is named with its reason, and marked in its row. */
  #report(done: string, outcomes: Outcome[]): void {
    const { notices, announce, shown } = this.#desk;
    const { failed } = shown.painting;
    const refused = outcomes.filter((outcome) => !outcome.ok);
    const said = summary(done, outcomes);
    for (const { key, message } of refused) failed.set(key, message);
    const reasons = refused.map(({ name, message, advice }) =>
      div("", h("b", null, name), `: ${message} ${advice ?? ""}`),
    );
    notices.set("outcome", {
      kind: refused.length ? "err" : "info",
      text: [said, ...reasons],
      dismissed: () => {
        failed.clear();
        this.#desk.paint();
      },
    });
    if (!refused.length) announce(said); // else the notice is an alert
    this.#desk.paint();
  }

  /** Send what the editor changed. Rejects with what the server, or Python for it, refused. */
  async save(key: string, changes: object): Promise<void> {
    const said = await this.#desk.reads.ask<{ ok: boolean; message: string; advice: string }>("update", {
      key,
      changes,
    });
    if (!said.ok) throw new Refused(said.message, said.advice);
    this.#desk.announce(said.message);
  }

  pickCover(key: string): void {
    const input = h("input", { type: "file", accept: "image/*", class: "ivk-sr", tabindex: "-1" });
    input.addEventListener("change", async () => {
      const file = input.files?.[0];
      input.remove();
      if (!file) return;
      if (file.size > LARGEST) return this.#desk.complain(TOO_LARGE);
      await this.#run("set_cover", "given a cover", [key], { image: await base64(file) });
      this.#elsewhere.coverChanged(key);
    });
    this.#desk.root.append(input);
    input.click();
  }

  async #exportAs(format: "csv" | "json"): Promise<void> {
    const { intents, shown } = this.#desk;
    try {
      const text = await intents.ask<string>("export", { keys: [...shown.selected], format }, PATIENCE);
      download(`models.${format}`, format === "csv" ? "text/csv" : "application/json", text);
    } catch (error) {
      this.#desk.complain(error);
    }
  }

  copy(text: string): void {
    const { root, announce } = this.#desk;
    void copyText(text, root).then((ok) => announce(ok ? "Copied" : "The browser refused to copy"));
  }
}
