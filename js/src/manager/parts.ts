// The panels of a tab: each a widget of its own, shown when it is looked at first, and kept.
import { fill, type Host, h, setAttribute, uniqueId } from "../kit";

export interface Part {
  id: string;
  title: string;
  ref: string;
}

export interface Tab {
  id: string;
  title: string;
  parts: Part[];
}

/** The content of one tab. */
export class TabPanel {
  readonly element: HTMLElement;
  readonly #places = new Map<string, HTMLElement>();
  readonly #choice: HTMLElement;
  #shown: string;

  constructor(
    readonly tab: Tab,
    private readonly host: Host | undefined,
    private readonly signal: AbortSignal,
  ) {
    this.#shown = tab.parts[0]?.id ?? "";
    this.#choice = h(
      "div",
      { class: "ivk-choice", role: "group", "aria-label": tab.title, hidden: tab.parts.length < 2 },
      ...tab.parts.map((part) => this.#chip(part)),
    );
    this.element = h(
      "div",
      { class: "ivk-tabpanel", role: "tabpanel", id: uniqueId("panel"), hidden: true },
      this.#choice,
    );
  }

  /** Bring it to the front. */
  show(): void {
    this.element.hidden = false;
    this.#choose(this.#shown);
  }

  #chip(part: Part): HTMLElement {
    const props = { type: "button", class: "ivk-chip", "data-part": part.id };
    return h("button", { ...props, onclick: () => this.#choose(part.id) }, part.title);
  }

  #choose(id: string): void {
    this.#shown = id;
    for (const chip of this.#choice.querySelectorAll<HTMLElement>(".ivk-chip")) {
      chip.classList.toggle("on", chip.dataset.part === id);
      setAttribute(chip, "aria-pressed", String(chip.dataset.part === id));
    }
    const part = this.tab.parts.find((each) => each.id === id);
    if (part && !this.#places.has(id)) {
      const place = h("div", null);
      this.#places.set(id, place);
      this.element.append(place);
      void showPart(part.ref, place, this.host, this.signal);
    }
    for (const [name, place] of this.#places) place.hidden = name !== id;
  }
}

/** Show a widget inside `place`; what goes wrong is said there. */
export async function showPart(
  ref: string,
  place: HTMLElement,
  host: Host | undefined,
  signal: AbortSignal,
): Promise<void> {
  try {
    if (!host) throw new Error("this notebook's anywidget is older than 0.11");
    const part = await host.getWidget(ref);
    if (!signal.aborted) await part.render({ el: place, signal });
  } catch (error) {
    if (signal.aborted) return;
    const why = error instanceof Error ? error.message : String(error);
    fill(place, h("div", { class: "ivk-notice" }, `This part cannot be shown: ${why}. Run the cell again.`));
  }
}
