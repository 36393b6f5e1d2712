// The verbs on the selected models: ask first where something is lost, then say what became of each model.
import { confirm, count, div, h, Refused } from "../kit";
import * as icons from "../kit/icons";
import { base64, confirmDelete, copyText, type DeletePlan, download, type Outcome, summary } from "./actions";
import { type Desk, PATIENCE } from "./desk";
import type { Action } from "./foot";

interface Elsewhere {
  /** Open the editor of a model. */
  edit(key: string): Promise<void>;
  /** The cover of a model is another now. */
  coverChanged(key: string): void;
}

const REIDENTIFY = "InvokeAI looks at the files again. Default settings fall back to what it finds.";
const CONVERT =
  "Each checkpoint becomes a folder of diffusers files under a new key. The old file is deleted, unless it is used in place. Only main models of SD 1, SD 2 and SDXL can be converted.";

export class VerbsOn {
  readonly #desk: Desk;
  readonly #elsewhere: Elsewhere;

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
      { label: "Reidentify…", ...many, go: () => void this.#reidentify(keys()) },
      { label: "Convert to diffusers…", ...many, go: () => void this.#convert(keys()) },
      { label: "Set cover…", ...one, go: () => this.pickCover(keys()[0]!) },
      { label: "Copy keys", go: () => this.copy(keys().join("\n")) },
      { label: "Export as CSV", go: () => void this.#exportAs("csv") },
      { label: "Export as JSON", go: () => void this.#exportAs("json") },
      { label: "Delete…", ...many, icon: icons.TRASH, danger: true, go: () => void this.remove() },
    ];
  }

  async remove(): Promise<void> {
    const { root, shown, traits, intents } = this.#desk;
    const keys = [...shown.selected];
    if (!keys.length || traits.get("read_only")) return;
    try {
      const plan = await intents.ask<DeletePlan>("plan_delete", { keys }, PATIENCE);
      if (await confirmDelete(root, plan)) await this.#run("delete", "deleted", keys);
    } catch (error) {
      this.#desk.complain(error);
    }
  }

  async #reidentify(keys: string[]): Promise<void> {
    const yes = `Reidentify ${count(keys.length, "model")}`;
    if (await confirm(this.#desk.root, { title: `${yes}?`, body: [h("p", null, REIDENTIFY)], yes }))
      await this.#run("reidentify", "identified again", keys);
  }

  async #convert(keys: string[]): Promise<void> {
    const yes = `Convert ${count(keys.length, "model")}`;
    const body = [h("p", null, CONVERT)];
    if (await confirm(this.#desk.root, { title: `${yes}?`, body, yes, danger: true }))
      await this.#run("convert", "converted", keys);
  }

  async #run(verb: string, done: string, keys: string[], more: object = {}): Promise<void> {
    for (const key of keys) this.#desk.shown.painting.failed.delete(key);
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
    announce(said);
    this.#desk.paint();
  }

  /** Send what the editor changed. Rejects with what the server, or Python for it, refused. */
  async save(key: string, changes: object): Promise<void> {
    const said = await this.#desk.intents.ask<{ ok: boolean; message: string; advice: string }>("update", {
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
    void copyText(text, root).then(() => announce("Copied"));
  }
}
