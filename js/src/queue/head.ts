// Above the jobs: how many there are, how far all of them are, and what can be done with all.
import { button, count, h, number, setText } from "../kit";
import { Bar } from "./bar";
import { firstButton, hasFocus } from "./focus";
import type { JobRow, Look, Overall } from "./rows";

const FILTERS: [Look | "", string][] = [
  ["", "All"],
  ["moving", "Running"],
  ["waiting", "Waiting"],
  ["paused", "Paused"],
  ["failed", "Failed"],
  ["done", "Done"],
  ["off", "Cancelled"],
];
const WORTH_FILTERING = 8; // jobs

export interface HeadEvents {
  all(verb: "pause" | "resume" | "cancel"): void;
  /** Take the ended jobs off the server's list; left out where only a few of them are shown. */
  prune?: () => void;
  filtered(): void;
  /** Its button with the focus went, and no other one is left. */
  left(): void;
}

export class Head {
  readonly #text = h("span", { class: "ivk-muted ivk-sums" });
  readonly #bar = new Bar();
  readonly #pause: HTMLButtonElement;
  readonly #resume: HTMLButtonElement;
  readonly #cancel: HTMLButtonElement;
  readonly #prune: HTMLButtonElement;
  readonly #filters = h("div", { class: "ivk-filters", role: "group", "aria-label": "Show" });
  readonly #chips = new Map<string, HTMLButtonElement>();
  readonly element: HTMLElement;
  filter: Look | "" = "";

  constructor(
    title: string,
    private readonly events: HeadEvents,
  ) {
    const small = { kind: "quiet small" };
    this.#pause = button("Pause all", () => events.all("pause"), small);
    this.#resume = button("Resume all", () => events.all("resume"), small);
    this.#cancel = button("Cancel all…", () => events.all("cancel"), { kind: "quiet small danger" });
    this.#prune = button("Clear finished", () => events.prune?.(), small);
    for (const [look, label] of FILTERS) this.#chips.set(look, this.#chip(look, label));
    this.#filters.append(...this.#chips.values());
    this.element = h(
      "div",
      { class: "ivk-qtop" },
      h(
        "div",
        { class: "ivk-qhead" },
        h("b", null, title),
        this.#text,
        h("span", { class: "ivk-spacer" }),
        h("div", { class: "ivk-qacts" }, this.#pause, this.#resume, this.#cancel, this.#prune),
      ),
      this.#bar.element,
      this.#filters,
    );
    this.#bar.element.classList.add("ivk-overall");
  }

  paint(overall: Overall, rows: JobRow[], readOnly: boolean): void {
    const focused = this.element.contains(document.activeElement);
    setText(this.#text, overall.text);
    this.#pause.hidden = readOnly || overall.pausable.length < 1;
    this.#resume.hidden = readOnly || overall.resumable.length < 1;
    this.#cancel.hidden = readOnly || overall.cancellable.length < 2;
    this.#prune.hidden = readOnly || overall.ended < 1 || !this.events.prune;
    this.#bar.paint(overall.share ?? 0, "moving", "All installs", overall.text);
    this.#bar.element.classList.add("ivk-overall");
    this.#bar.element.classList.toggle("ivk-still", overall.share === null);
    this.#paintFilters(rows);
    if (!focused || hasFocus(this.element)) return;
    const next = firstButton(this.element);
    if (next) next.focus();
    else this.events.left();
  }

  /** The rows that the filter leaves. */
  chosen(rows: JobRow[]): JobRow[] {
    return this.filter ? rows.filter((row) => row.look === this.filter) : rows;
  }

  #chip(look: Look | "", label: string): HTMLButtonElement {
    const choose = () => {
      this.filter = this.filter === look ? "" : look;
      this.events.filtered();
    };
    return h("button", { type: "button", class: "ivk-chip", onclick: choose }, label, h("span"));
  }

  #paintFilters(rows: JobRow[]): void {
    const counts = new Map<string, number>([["", rows.length]]);
    for (const { look } of rows) counts.set(look, (counts.get(look) ?? 0) + 1);
    if (this.filter && !counts.get(this.filter)) this.filter = "";
    this.#filters.hidden = rows.length <= WORTH_FILTERING || counts.size < 3;
    for (const [look, chip] of this.#chips) {
      const amount = counts.get(look) ?? 0;
      chip.hidden = amount === 0;
      chip.classList.toggle("on", look === this.filter);
      chip.setAttribute("aria-pressed", String(look === this.filter));
      setText(chip.lastElementChild!, number(amount));
    }
  }
}

export const installs = (amount: number): string => count(amount, "install");
