// Folders of InvokeAI's models folder that belong to no model. Nothing is ticked beforehand.
import { button, bytes, confirm, count, fill, h, type Outcome, refill, setText } from "../kit";
import * as icons from "../kit/icons";
import type { Desk } from "../panel/desk";

interface Orphan {
  path: string;
  place: string;
  size: number;
  files: string[];
}

const NAMED = 20; // files named of one folder

export class Orphans {
  readonly element = h("div");
  readonly #ticked = new Set<string>();
  readonly #delete = button("Delete…", () => void this.#remove(), { kind: "danger" }, icons.TRASH);
  readonly #said = h("span", { class: "ivk-muted" });
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  get #all(): Orphan[] {
    return this.#desk.get("orphans");
  }

  get #chosen(): Orphan[] {
    return this.#all.filter(({ path }) => this.#ticked.has(path));
  }

  paint(): void {
    const why = this.#desk.get<Record<string, string>>("unsaid").orphans;
    if (!this.#all.length) {
      const none = "Every folder in the models folder belongs to a model.";
      const fine = this.#desk.get("loaded") ? none : "Asking the server…";
      fill(this.element, h("p", { class: "ivk-muted" }, why ?? fine));
      return;
    }
    const open = new Set([...this.element.querySelectorAll("details[open]")].map((each) => each.id));
    const kept = refill(
      this.element,
      h(
        "p",
        { class: "ivk-muted" },
        "Model files in InvokeAI's models folder without a record: leftovers, or models that were lost from the library.",
      ),
      h("ul", { class: "ivk-things" }, ...this.#all.map((orphan) => this.#item(orphan, open))),
      h("div", { class: "ivk-part" }, this.#said, h("span", { class: "ivk-spacer" }), this.#delete),
    );
    this.#paintFoot();
    if (!kept) this.#focus();
  }

  /** To the first folder that can be ticked. */
  #focus(): void {
    this.element.querySelector<HTMLElement>("input:not([disabled])")?.focus();
  }

  #item({ path, place, size, files }: Orphan, open: Set<string>): HTMLElement {
    const box = h("input", {
      type: "checkbox",
      value: path,
      "aria-label": path,
      checked: this.#ticked.has(path),
      disabled: this.#desk.readOnly,
      onchange: () => {
        if (box.checked) this.#ticked.add(path);
        else this.#ticked.delete(path);
        this.#paintFoot();
      },
    });
    const more = files.length - NAMED;
    const id = `ivk-orphan-${path}`;
    return h(
      "li",
      null,
      h("label", { class: "ivk-thing", title: place }, box, h("span", { class: "ivk-mono" }, path)),
      h(
        "details",
        { id, open: open.has(id) },
        h("summary", { class: "ivk-muted" }, count(files.length, "file")),
        ...files.slice(0, NAMED).map((file) => h("div", { class: "ivk-mono ivk-muted" }, file)),
        more > 0 && h("div", { class: "ivk-muted" }, `and ${more} more`),
      ),
      h("span", { class: "ivk-num" }, bytes(size)),
    );
  }

  #paintFoot(): void {
    for (const path of this.#ticked)
      if (!this.#all.some((orphan) => orphan.path === path)) this.#ticked.delete(path);
    const chosen = this.#chosen;
    const sum = (orphans: Orphan[]) => bytes(orphans.reduce((total, { size }) => total + size, 0));
    const all = `${count(this.#all.length, "folder")} · ${sum(this.#all)}`;
    setText(this.#said, chosen.length ? `${chosen.length} ticked · ${sum(chosen)}` : all);
    this.#delete.disabled = !chosen.length || this.#desk.readOnly;
  }

  async #remove(): Promise<void> {
    const chosen = this.#chosen;
    const what = count(chosen.length, "folder");
    const words =
      "The folders and all files in them are deleted from the server's disk. This cannot be undone.";
    const yes = await confirm(this.#desk.root, {
      title: `Delete ${what}?`,
      body: [h("p", null, words), h("ul", { class: "ivk-plan" }, ...chosen.map(planned))],
      yes: `Delete ${what}`,
      danger: true,
    });
    if (!yes) return;
    const paths = chosen.map(({ path }) => path);
    const done = await this.#desk.press<Outcome[]>(this.#delete, "delete_orphans", { paths });
    if (!done) return;
    const gone = done.filter((outcome) => outcome.ok);
    for (const { key } of gone) this.#ticked.delete(key);
    const focused = this.#delete.contains(document.activeElement);
    this.paint();
    if (focused && this.#delete.disabled) this.#focus();
    this.#desk.report(`${count(gone.length, "folder")} deleted.`, done);
  }
}

/** A folder in the dialog, with what goes with it. */
function planned({ place, size, files }: Orphan): HTMLElement {
  const some = files.slice(0, 3).join(", ") + (files.length > 3 ? ", …" : "");
  const line = [h("span", { class: "ivk-mono" }, place), h("span", { class: "ivk-muted" }, bytes(size))];
  return h(
    "li",
    null,
    h("div", { class: "ivk-planline" }, ...line),
    h("div", { class: "ivk-goes" }, `${count(files.length, "file")} deleted: ${some}`),
  );
}
