// One job: its name, bar, words and buttons; below them its files, or what went wrong and the way out.
import { button, fill, h, type Icon, icon, iconButton, setAttribute, setText } from "../kit";
import * as icons from "../kit/icons";
import { Bar } from "./bar";
import type { FileRow, JobRow, Verb } from "./rows";

const ACTS: Record<Verb, [Icon, string]> = {
  pause: [icons.PAUSE, "Pause"],
  resume: [icons.PLAY, "Resume"],
  again: [icons.REDO, "Install again"],
  cancel: [icons.X, "Cancel"],
};

export interface JobEvents {
  act(verb: Verb, row: JobRow): void;
  readOnly(): boolean;
}

export class JobView {
  readonly #name = h("span", { class: "ivk-jobname" }, h("span"), h("span"));
  readonly #files = h("button", { type: "button", class: "ivk-files", "aria-expanded": "false" });
  readonly #bar = new Bar();
  readonly #what = h("div", { class: "ivk-jobwhat" });
  readonly #acts = h("div", { class: "ivk-jobacts" });
  readonly #more = h("div", { class: "ivk-more" });
  readonly #fileBars = new Map<string, { bar: Bar; what: HTMLElement; element: HTMLElement }>();
  readonly element = h(
    "div",
    { class: "ivk-job", role: "listitem" },
    h("div", { class: "ivk-jobhead" }, this.#name, this.#files),
    this.#bar.element,
    this.#what,
    this.#acts,
    this.#more,
  );
  #row: JobRow | null = null;
  #isOpen = false;
  #isBusy = false;
  #stamps: Record<string, string> = {};

  constructor(private readonly events: JobEvents) {
    this.#files.addEventListener("click", () => {
      this.#isOpen = !this.#isOpen;
      if (this.#row) this.#paintFiles(this.#row);
    });
  }

  /** Show a state of the job; does nothing for the very row it shows already. */
  paint(row: JobRow): void {
    if (row === this.#row) return;
    this.#row = row;
    this.element.dataset.look = row.look;
    this.#paintName(row.source);
    this.#bar.paint(row.share, row.look, row.source, row.what);
    setText(this.#what, row.what);
    setAttribute(this.#what, "title", row.title);
    this.#paintActs();
    this.#paintFiles(row);
    this.#paintNote(row);
  }

  /** While Python works on a button of it, all its buttons rest. Not disabled: that would lose the focus. */
  set busy(busy: boolean) {
    this.#isBusy = busy;
    setAttribute(this.element, "aria-busy", busy || null);
    for (const each of this.element.querySelectorAll("button.ivk-btn"))
      setAttribute(each, "aria-disabled", busy || null);
  }

  repaintActs(): void {
    this.#stamps.acts = "";
    this.#paintActs();
    this.#stamps.note = "";
    if (this.#row) this.#paintNote(this.#row);
  }

  /** The end of an address says more than its middle: that gives way first. */
  #paintName(source: string): void {
    const at = source.lastIndexOf("/", source.length - 2) + 1;
    setText(this.#name.firstElementChild!, source.slice(0, at));
    setText(this.#name.lastElementChild!, source.slice(at));
    setAttribute(this.#name, "title", source);
  }

  /** Whether what is shown of a part differs from `stamp`, which it will be from now on. */
  #isNew(part: string, stamp: string): boolean {
    const isNew = this.#stamps[part] !== stamp;
    this.#stamps[part] = stamp;
    return isNew;
  }

  #paintActs(): void {
    const row = this.#row!;
    const verbs = this.events.readOnly() ? [] : row.actions.filter((verb) => !isWayOut(row, verb));
    if (!this.#isNew("acts", verbs.join())) return;
    const focused = [...this.#acts.children].indexOf(document.activeElement!);
    fill(this.#acts, ...verbs.map((verb) => this.#act(verb)));
    if (focused >= 0) (this.#acts.children[Math.min(focused, verbs.length - 1)] as HTMLElement)?.focus();
  }

  #act(verb: Verb): HTMLElement {
    const [name, label] = ACTS[verb];
    return iconButton(name, label, () => this.#go(verb), { kind: "quiet", ...this.#props(verb) });
  }

  #props(verb: Verb) {
    return { "data-verb": verb, "aria-disabled": this.#isBusy || null };
  }

  #go(verb: Verb): void {
    if (!this.#isBusy) this.events.act(verb, this.#row!);
  }

  // -- its files ------------------------------------------------------------------------------------------

  #paintFiles(row: JobRow): void {
    const { files, files_done: done } = row;
    const text = files.length ? `${done} of ${files.length} files` : "";
    this.#files.hidden = files.length === 0;
    if (this.#isNew("files", text)) fill(this.#files, text, icon(icons.DOWN));
    setAttribute(this.#files, "aria-expanded", String(this.#isOpen));
    const shown = this.#isOpen ? files : [];
    for (const file of shown) this.#paintFile(file);
    const known = new Set(shown.map((file) => file.url));
    for (const [url, { element }] of this.#fileBars) {
      if (known.has(url)) continue;
      element.remove();
      this.#fileBars.delete(url);
    }
  }

  #paintFile(file: FileRow): void {
    let shown = this.#fileBars.get(file.url);
    if (!shown) {
      const bar = new Bar();
      const what = h("span", { class: "ivk-jobwhat" });
      const name = h("span", { class: "ivk-jobname", title: file.url }, file.name);
      shown = { bar, what, element: h("div", { class: "ivk-file" }, name, bar.element, what) };
      this.#fileBars.set(file.url, shown);
      this.element.append(shown.element);
    }
    shown.bar.paint(file.share, file.share === 1 ? "done" : "moving", file.name, file.what);
    setText(shown.what, file.what);
  }

  // -- what to know, and the way out ----------------------------------------------------------------------

  #paintNote(row: JobRow): void {
    const { note, advice, link, look } = row;
    this.#more.hidden = !note && !advice;
    if (!this.#isNew("note", JSON.stringify([note, advice, link, look])) || this.#more.hidden) return;
    const again = isWayOut(row, "again") && row.actions.includes("again") && !this.events.readOnly();
    fill(
      this.#more,
      h("div", { class: "ivk-note" }, note && h("b", null, sentence(note)), note && advice && " ", advice),
      link &&
        h(
          "a",
          { class: "ivk-btn small", href: link, target: "_blank", rel: "noreferrer noopener" },
          icon(icons.LINK),
          "Open its page",
        ),
      again &&
        button(
          "Install again",
          () => this.#go("again"),
          { kind: "small", ...this.#props("again") },
          icons.REDO,
        ),
    );
  }
}

/** A failed job's way out stands beside the reason, in words; elsewhere it is an icon. */
function isWayOut(row: JobRow, verb: Verb): boolean {
  return verb === "again" && row.look === "failed";
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text.trim()) ? text : `${text}.`;
}
