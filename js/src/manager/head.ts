// Where am I, is it alive, and the tabs.
import { ago, h, type Link, number, setAttribute, setText, uniqueId } from "../kit";
import type { TabPanel } from "./parts";

export interface Status {
  url: string;
  version: string | null;
  user: string | null;
  hf: string | null;
  /** null: not read yet. */
  models: number | null;
  open: number;
}

const LINK_WORDS: Record<string, string> = {
  connecting: "connecting…",
  live: "live",
  polling: "polling",
  idle: "resting",
};
const HF_WORDS: Record<string, string> = {
  valid: "logged in",
  invalid: "no token",
  unknown: "token not confirmed",
};

/** How the server is heard: "live", or "not connected since 4 min". */
function linkWords({ state, since }: Link): string {
  if (state !== "down") return LINK_WORDS[state] ?? state;
  return `not connected, lost ${ago(Date.now() / 1000 - since)}`;
}

export class ManagerHead {
  readonly #link = h("span", { class: "ivk-link" }, h("i", { class: "ivk-dot" }), h("span"));
  readonly #readOnly = h("span", { class: "ivk-badge", style: "--b:#777", hidden: true }, "Read-only");
  readonly #user = h("span", { class: "ivk-muted ivk-who" });
  readonly #hf = h("span", { class: "ivk-muted" });
  readonly #tabs = new Map<string, HTMLButtonElement>();
  readonly element: HTMLElement;

  constructor(
    panels: TabPanel[],
    private readonly chosen: (id: string) => void,
  ) {
    for (const panel of panels) this.#tabs.set(panel.tab.id, this.#tab(panel));
    this.element = h(
      "header",
      null,
      h(
        "div",
        { class: "ivk-mhead" },
        h("span", { class: "ivk-title" }, "Models"),
        this.#link,
        this.#readOnly,
        h("span", { class: "ivk-spacer" }),
        this.#user,
        this.#hf,
      ),
      h(
        "div",
        { class: "ivk-tabs", role: "tablist", onkeydown: (event: KeyboardEvent) => this.#walk(event) },
        ...this.#tabs.values(),
      ),
    );
  }

  paint(status: Status, link: Link, readOnly: boolean): void {
    const version = status.version && `InvokeAI ${status.version}`;
    const words = [status.url, version, linkWords(link)].filter(Boolean).join(" · ");
    setText(this.#link.lastElementChild!, words);
    this.#link.className = `ivk-link ${link.state}`;
    setAttribute(this.#link, "title", link.reason);
    this.#readOnly.hidden = !readOnly;
    setText(this.#user, status.user ?? "");
    setText(this.#hf, status.hf ? `Hugging Face: ${HF_WORDS[status.hf] ?? status.hf}` : "");
    this.#count("library", status.models);
    this.#count("queue", status.open || null);
  }

  choose(id: string): void {
    for (const [name, tab] of this.#tabs) {
      tab.setAttribute("aria-selected", String(name === id));
      tab.tabIndex = name === id ? 0 : -1;
    }
  }

  #count(id: string, amount: number | null): void {
    const place = this.#tabs.get(id)?.querySelector<HTMLElement>(".ivk-count");
    if (!place) return;
    place.hidden = amount === null;
    setText(place, amount === null ? "" : number(amount));
  }

  #tab({ tab, element }: TabPanel): HTMLButtonElement {
    const button = h(
      "button",
      {
        type: "button",
        class: "ivk-tab",
        role: "tab",
        id: uniqueId("tab"),
        "aria-controls": element.id,
        onclick: () => this.chosen(tab.id),
      },
      h("span", { "data-title": tab.title }, tab.title),
      h("span", { class: "ivk-count", hidden: true }),
    );
    element.setAttribute("aria-labelledby", button.id);
    return button;
  }

  /** Left and right move between the tabs, as everywhere. */
  #walk(event: KeyboardEvent): void {
    const all = [...this.#tabs.values()];
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    const last = all.length - 1;
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: last }[event.key];
    if (at < 0 || to === undefined) return;
    const next = all[(to + all.length) % all.length]!;
    next.focus();
    next.click();
    event.preventDefault();
  }
}
