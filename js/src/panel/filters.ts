// A search field and a menu for each property, over rows that are all in the browser.
import { append, fill, h, icon, iconButton, number, toggleMenu } from "../kit";
import * as icons from "../kit/icons";

export interface Facet<T> {
  id: string;
  label: string;
  /** The words of a row. */
  of(row: T): string[];
  /** How a word is shown. */
  name?(word: string): string;
}

export class Filters<T> {
  readonly element: HTMLElement;
  terms: string[] = [];
  readonly #input: HTMLInputElement;
  readonly #wipe: HTMLButtonElement;
  readonly #clear: HTMLButtonElement;
  readonly #chips = new Map<string, HTMLButtonElement>();
  readonly #chosen = new Map<string, Set<string>>();
  readonly #facets: Facet<T>[];
  readonly #text: (row: T) => string;
  readonly #rows: () => T[];
  readonly #changed: () => void;

  /** `text`: what is searched in a row. `changed` is called when other rows are to be shown. */
  constructor(
    what: string,
    facets: Facet<T>[],
    text: (row: T) => string,
    rows: () => T[],
    changed: () => void,
  ) {
    this.#facets = facets;
    this.#text = text;
    this.#rows = rows;
    this.#changed = changed;
    this.#input = h("input", {
      type: "text",
      placeholder: what,
      "aria-label": what,
      autocomplete: "off",
      spellcheck: "false",
      oninput: () => this.#apply(),
      onkeydown: (event: KeyboardEvent) => {
        if (event.key !== "Escape" || !this.#input.value) return;
        event.stopPropagation();
        this.#search("");
      },
    });
    this.#wipe = iconButton(icons.X, "Clear the search", () => this.#search(""), { kind: "quiet small" });
    this.#clear = h(
      "button",
      { type: "button", class: "ivk-btn quiet", onclick: () => this.clear() },
      "Clear",
    );
    for (const facet of facets) this.#chips.set(facet.id, this.#chip(facet));
    this.element = h(
      "div",
      { class: "ivk-tools", role: "search" },
      h("label", { class: "ivk-search" }, icon(icons.SEARCH), this.#input, this.#wipe),
      ...this.#chips.values(),
      this.#clear,
    );
    this.#paint();
  }

  get isOn(): boolean {
    return this.terms.length > 0 || this.#chosen.size > 0;
  }

  /** Whether words of this facet are chosen. */
  uses(id: string): boolean {
    return this.#chosen.has(id);
  }

  /** The rows that all filters leave. */
  apply(rows: T[]): T[] {
    return this.isOn ? rows.filter((row) => this.#leaves(row)) : rows;
  }

  clear(): void {
    this.#chosen.clear();
    this.#search("");
  }

  /** Choose these words of a facet and no others. */
  choose(id: string, words: Iterable<string>): void {
    const chosen = new Set(words);
    if (chosen.size) this.#chosen.set(id, chosen);
    else this.#chosen.delete(id);
    this.#apply();
  }

  #search(text: string): void {
    this.#input.value = text;
    this.#apply();
    this.#input.focus();
  }

  #apply(): void {
    this.terms = this.#input.value.toLowerCase().split(/\s+/).filter(Boolean);
    this.#paint();
    this.#changed();
  }

  #leaves(row: T, except?: string): boolean {
    for (const { id, of } of this.#facets) {
      const chosen = id === except ? undefined : this.#chosen.get(id);
      if (chosen && !of(row).some((word) => chosen.has(word))) return false;
    }
    if (!this.terms.length) return true;
    const text = this.#text(row).toLowerCase();
    return this.terms.every((term) => text.includes(term));
  }

  #paint(): void {
    this.#wipe.style.visibility = this.#input.value ? "visible" : "hidden";
    this.#clear.hidden = !this.isOn;
    for (const { id, label, name } of this.#facets) {
      const chip = this.#chips.get(id)!;
      const words = [...(this.#chosen.get(id) ?? [])].map((word) => name?.(word) ?? word);
      fill(chip.firstElementChild!, words.length ? `${label}: ${words.join(", ")}` : label);
      chip.classList.toggle("on", words.length > 0);
    }
  }

  #chip(facet: Facet<T>): HTMLButtonElement {
    const open = () =>
      toggleMenu(chip, `Filter by ${facet.label.toLowerCase()}`, (panel) => this.#fillMenu(panel, facet));
    const props = { type: "button", class: "ivk-chip", "aria-haspopup": "dialog", "aria-expanded": "false" };
    const chip = h("button", { ...props, onclick: open }, h("span"), icon(icons.DOWN));
    return chip;
  }

  #fillMenu(panel: HTMLElement, facet: Facet<T>): void {
    const counts = new Map<string, number>();
    for (const row of this.#rows()) {
      const add = this.#leaves(row, facet.id) ? 1 : 0;
      for (const word of facet.of(row)) counts.set(word, (counts.get(word) ?? 0) + add);
    }
    const words = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    for (const [word, amount] of words) {
      const box = h("input", {
        type: "checkbox",
        checked: this.#chosen.get(facet.id)?.has(word) ?? false,
        onchange: () => {
          const chosen = new Set(this.#chosen.get(facet.id));
          if (box.checked) chosen.add(word);
          else chosen.delete(word);
          this.choose(facet.id, chosen);
        },
      });
      const label = h("span", null, facet.name?.(word) ?? word);
      append(panel, [
        h("label", { class: "ivk-item" }, box, label, h("span", { class: "ivk-muted" }, number(amount))),
      ]);
    }
    if (!words.length) append(panel, [h("div", { class: "ivk-item ivk-muted" }, "Nothing to choose from")]);
  }
}
