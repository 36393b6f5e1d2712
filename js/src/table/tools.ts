// Above the rows: the search, a menu for each facet, the columns, refresh.
import { append, div, fill, h, icon, iconButton, number, setAttribute, span, toggleMenu } from "../kit";
import * as icons from "../kit/icons";
import type { Layout } from "./columns";
import { FACETS, type Facets, isFiltered, type Labels, type Query } from "./rows";

const FACET_LABELS: Record<string, string> = {
  base: "Base",
  type: "Type",
  format: "Format",
  source_type: "Source",
  state: "State",
};

export interface ToolEvents {
  changed(query: Query): void;
  clear(): void;
  facets(): Promise<Facets>;
  columns(): void;
  refresh(): Promise<void>;
}

export class Tools {
  readonly element: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #chips = new Map<string, HTMLButtonElement>();
  readonly #clear: HTMLButtonElement;
  readonly #wipe: HTMLButtonElement;
  readonly #again: HTMLButtonElement;

  #query: Query;
  readonly #labels: () => Labels;
  readonly #layout: Layout;
  readonly #events: ToolEvents;

  constructor(query: Query, labels: () => Labels, layout: Layout, events: ToolEvents) {
    this.#query = query;
    this.#labels = labels;
    this.#layout = layout;
    this.#events = events;
    this.#input = h("input", {
      type: "text",
      placeholder: "Search models",
      "aria-label": "Search models",
      autocomplete: "off",
      spellcheck: "false",
      value: query.text,
      oninput: () => this.#edit({ text: this.#input.value }),
      onkeydown: (event: KeyboardEvent) => {
        if (event.key !== "Escape" || !this.#input.value) return;
        event.stopPropagation();
        this.#wipeText();
      },
    });
    this.#wipe = iconButton(icons.X, "Clear the search", () => this.#wipeText(), { kind: "quiet small" });
    this.#clear = h(
      "button",
      {
        type: "button",
        class: "ivk-btn quiet",
        title: "Clear the search and all filters",
        onclick: () => events.clear(),
      },
      "Clear",
    );
    this.#again = iconButton(icons.REDO, "Refresh", () => void this.#refresh());
    const columns = iconButton(icons.COLUMNS, "Columns", () => this.#columnMenu(columns), {
      "aria-haspopup": "dialog",
    });
    for (const facet of FACETS) this.#chips.set(facet, this.#chip(facet));
    this.element = h(
      "div",
      { class: "ivk-tools", role: "search" },
      h("label", { class: "ivk-search" }, icon(icons.SEARCH), this.#input, this.#wipe),
      ...this.#chips.values(),
      this.#clear,
      span("ivk-spacer"),
      columns,
      this.#again,
    );
    this.show(query);
  }

  /** Show a query, whoever made it. */
  show(query: Query): void {
    this.#query = query;
    if (this.#input.value !== query.text) this.#input.value = query.text;
    this.#wipe.style.visibility = query.text ? "visible" : "hidden";
    this.#clear.hidden = !isFiltered(query);
    for (const [facet, chip] of this.#chips) {
      const words = query.facets[facet] ?? [];
      const named = words.map((word) => this.#labels()[facet]?.[word] ?? word).join(", ");
      fill(chip.firstElementChild!, words.length ? `${FACET_LABELS[facet]}: ${named}` : FACET_LABELS[facet]);
      chip.classList.toggle("on", words.length > 0);
    }
  }

  focus(): void {
    this.#input.focus();
  }

  #wipeText(): void {
    this.#edit({ text: "" });
    this.#input.focus();
  }

  #edit(change: Partial<Query>): void {
    this.#events.changed({ ...this.#query, ...change });
  }

  #chip(facet: string): HTMLButtonElement {
    const chip = h(
      "button",
      {
        type: "button",
        class: "ivk-chip",
        "aria-haspopup": "dialog",
        "aria-expanded": "false",
        onclick: () => this.#facetMenu(chip, facet),
      },
      h("span"),
      icon(icons.DOWN),
    );
    return chip;
  }

  #facetMenu(chip: HTMLElement, facet: string): void {
    toggleMenu(chip, `Filter by ${FACET_LABELS[facet]!.toLowerCase()}`, (panel) => {
      const paint = async () => {
        const counts = (await this.#events.facets())[facet] ?? {};
        this.#fillFacet(panel, facet, counts, paint);
      };
      void paint();
    });
  }

  #fillFacet(
    panel: HTMLElement,
    facet: string,
    counts: Record<string, number>,
    again: () => Promise<void>,
  ): void {
    const chosen = this.#query.facets[facet] ?? [];
    const at = [...panel.querySelectorAll("input")].indexOf(document.activeElement as HTMLInputElement);
    const words = [...new Set([...Object.keys(counts), ...chosen])];
    if (facet !== "state") words.sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || (a < b ? -1 : 1));
    fill(panel);
    for (const word of words) {
      const on = chosen.includes(word);
      const box = h("input", {
        type: "checkbox",
        checked: on,
        onchange: () => {
          this.#choose(facet, word);
          void again();
        },
      });
      const amount = counts[word] ?? 0;
      const label = span("", this.#labels()[facet]?.[word] ?? word);
      append(panel, [
        h(
          "label",
          { class: `ivk-item ${amount || on ? "" : "ivk-muted"}` },
          box,
          label,
          span("ivk-muted", number(amount)),
        ),
      ]);
    }
    if (!words.length) append(panel, [div("ivk-item ivk-muted", "Nothing to choose from")]);
    panel.querySelectorAll("input")[Math.max(0, at)]?.focus();
  }

  /** A word more, or less. The menu may be older than the view: two clicks may come before it is filled again. */
  #choose(facet: string, word: string): void {
    const words = new Set(this.#query.facets[facet]);
    if (!words.delete(word)) words.add(word);
    const facets = { ...this.#query.facets, [facet]: [...words] };
    if (!words.size) delete facets[facet];
    this.#edit({ facets });
  }

  #columnMenu(anchor: HTMLElement): void {
    toggleMenu(anchor, "Columns", (panel) => {
      for (const { id, label } of this.#layout.offered) {
        const box = h("input", {
          type: "checkbox",
          checked: this.#layout.shown.includes(id),
          disabled: id === "name",
          onchange: () => {
            this.#layout.toggle(id);
            this.#events.columns();
          },
        });
        append(panel, [h("label", { class: "ivk-item" }, box, span("", label))]);
      }
      append(panel, [div("ivk-hint ivk-muted", "Drag a header to move its column.")]);
    });
  }

  async #refresh(): Promise<void> {
    setAttribute(this.#again, "aria-busy", "true");
    await this.#events.refresh();
    setAttribute(this.#again, "aria-busy", null);
  }
}
