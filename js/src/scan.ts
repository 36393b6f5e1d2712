// A folder of the server: what is in it, what of that is installed, and installing the rest.
import { button, confirm, count, h, type Model, number, setAttribute, setText, watch, widget } from "./kit";
import * as icons from "./kit/icons";
import { Desk } from "./panel/desk";
import { askForm } from "./panel/form";
import type { RowFace } from "./panel/list";
import { Offers } from "./panel/offers";
import { setMarked } from "./table/marks";

interface Found {
  key: string;
}

const SURE = 25; // from so many on it is asked
const NAMED = 12; // files named in the dialog

/** Folder and name of a path; the server may run on Windows. */
function split(path: string): [folder: string, name: string] {
  const at = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  return [path.slice(0, Math.max(at, 0)), path.slice(at + 1)];
}

/** ".safetensors", or "folder" where there is no ending. */
function kindOf(path: string): string {
  const ending = /\.[a-z][a-z0-9]{1,11}$/i.exec(split(path)[1]);
  return ending ? ending[0].toLowerCase() : "folder";
}

class ScanView {
  readonly #desk: Desk;
  readonly #offers: Offers<Found>;
  readonly #place = h("select", { class: "ivk-field", "aria-label": "What happens to the files" });
  readonly #input: HTMLInputElement;
  readonly #scan: HTMLButtonElement;

  constructor(root: HTMLElement, model: Model, signal: AbortSignal) {
    this.#desk = new Desk(root, model, signal);
    this.#place.append(
      h("option", { value: "stay" }, "Files stay in place"),
      h("option", { value: "move" }, "Files are moved"),
    );
    this.#place.addEventListener("change", () => this.#offers.paint());
    this.#offers = new Offers<Found>(this.#desk, {
      label: "Found models",
      text: (row) => row.key,
      name: (row) => row.key,
      facets: [{ id: "kind", label: "Kind", of: (row) => [kindOf(row.key)] }],
      make: () => this.#makeRow(),
      controls: [this.#place],
      all: () => true,
      verb: () => (this.#moves ? "Move and install" : "Install"),
      asks: (keys) => this.#asks(keys),
      confirm: (keys) => this.#confirm(keys),
      empty: () => this.#empty(),
    });
    this.#input = h("input", {
      class: "ivk-field ivk-mono",
      "aria-label": "Folder on the server",
      placeholder: "Folder on the server, e.g. /models",
      autocomplete: "off",
      spellcheck: "false",
    });
    this.#scan = button("Scan", () => {}, { kind: "primary", type: "submit" }, icons.FOLDER);
    const form = askForm(() => this.#ask(), this.#input, this.#scan);
    root.append(form, this.#desk.notices.element, this.#offers.element);
    this.#offers.start();
    this.#desk.watch(["folder"], () => {
      this.#input.value = this.#desk.get("folder");
    });
    watch(model, ["loading"], signal, () => this.#paintScan());
    watch(model, ["loaded", "head"], signal, () => {
      this.#offers.filters.element.hidden = !this.#offers.rows.length;
      this.#place.hidden = !this.#offers.rows.length;
    });
  }

  get #moves(): boolean {
    return this.#place.value === "move";
  }

  async #ask(): Promise<void> {
    if (!this.#desk.get("loading")) await this.#desk.ask("scan", { folder: this.#input.value });
  }

  #paintScan(): void {
    const busy = this.#desk.get<boolean>("loading");
    setText(this.#scan.lastChild as HTMLElement, busy ? "Scanning…" : "Scan");
    setAttribute(this.#scan, "aria-busy", busy ? "true" : null);
  }

  #empty(): string {
    if (!this.#desk.get("loaded")) return "Name a folder of the server to see which models are in it.";
    return this.#desk.get("problem") ? "" : "No models in this folder, nor in the folders below it.";
  }

  /** A folder as seen from the scanned one; as it is, if it does not lie below it. */
  #below(folder: string): string {
    const root = this.#desk.get<string>("folder").replace(/[\\/]+$/, "");
    const isBelow = folder.startsWith(root) && /^([\\/]|$)/.test(folder.slice(root.length));
    return isBelow ? folder.slice(root.length + 1) : folder;
  }

  #makeRow(): RowFace<Found> {
    const name = h("span", { class: "ivk-what" });
    const folder = h("span", { class: "ivk-muted ivk-where" });
    const kind = h("span", { class: "ivk-muted ivk-kind" });
    const cell = h("div", { class: "ivk-path" }, name, folder);
    return {
      cells: [cell, kind],
      paint: ({ key }) => {
        const [place, what] = split(key);
        const where = this.#below(place);
        const { terms } = this.#offers.filters;
        setMarked(name, what, terms);
        setMarked(folder, where, terms);
        setText(kind, kindOf(key));
        setAttribute(cell, "title", key);
      },
    };
  }

  /** Leaving files where they are is harmless: only many are asked about. Moving them always is. */
  #asks(keys: string[]): boolean {
    return this.#moves || keys.length >= SURE;
  }

  async #confirm(keys: string[]): Promise<object | null> {
    const in_place = !this.#moves;
    if (!this.#asks(keys)) return { in_place };
    const files = count(keys.length, "file or folder", "files and folders");
    const what = in_place
      ? "They stay where they are: InvokeAI uses them in place."
      : "InvokeAI MOVES them out of their place into its own models folder. Other programs no longer find them there.";
    const named = keys.slice(0, NAMED).map((key) => h("li", { class: "ivk-mono" }, key));
    const more = keys.length - named.length;
    const yes = await confirm(this.#desk.root, {
      title: `${in_place ? "Install" : "Move and install"} ${files}?`,
      body: [
        h("p", null, what),
        h("ul", { class: "ivk-plan" }, ...named, more > 0 && h("li", null, `and ${number(more)} more`)),
      ],
      yes: `${in_place ? "Install" : "Move and install"} ${number(keys.length)}`,
      danger: !in_place,
    });
    return yes ? { in_place } : null;
  }
}

export default widget("scan", (root, model, signal) => {
  new ScanView(root, model, signal);
});
