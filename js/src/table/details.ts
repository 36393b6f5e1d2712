// Everything about one model, beside the table; over it where there is little room.
import { append, badge, button, bytes, type Child, div, h, iconButton, refill, span } from "../kit";
import * as icons from "../kit/icons";
import { type Editor, editForm } from "./edit";
import { type Labels, type Row, STATES } from "./rows";

/** What Python tells about a model beyond its row. */
export interface Details {
  key: string;
  facts: { label: string; text: string; mono?: boolean }[];
  description: string | null;
  triggers: string[];
  settings: string[];
  files: string;
  related: { key: string; name: string; type: string; base: string }[];
  editor: Editor | null;
}

export interface DetailEvents {
  ask(key: string): Promise<Details>;
  cover(key: string): Promise<string | null>;
  save(key: string, changes: Record<string, unknown>): Promise<void>;
  setCover(key: string): void;
  goTo(key: string): void;
  closed(): void;
  copy(text: string): void;
}

const LOUD: Record<string, string> = { missing: "err", unknown: "warn", duplicate: "warn" };

export class DetailsPane {
  readonly element = h("aside", { class: "ivk-side", "aria-label": "Details", hidden: true });
  #row: Row | null = null;
  #details: Details | null = null;
  #trouble = "";
  #cover: string | null = null;
  #editing = false;
  /** When what was asked of Python for the open model has come. */
  ready: Promise<void> = Promise.resolve();

  readonly #labels: () => Labels;
  readonly #events: DetailEvents;
  readonly #readOnly: () => boolean;

  constructor(labels: () => Labels, events: DetailEvents, readOnly: () => boolean) {
    this.#labels = labels;
    this.#events = events;
    this.#readOnly = readOnly;
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      if (this.#editing) this.edit(false);
      else this.close();
    });
  }

  get key(): string | null {
    return this.#row?.key ?? null;
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  get isEditing(): boolean {
    return this.#editing;
  }

  /** Show a model. What the table knows is there at once, the rest when Python has answered. */
  open(row: Row): void {
    if (this.#editing && this.key === row.key) return; // what is being typed stays
    this.#editing = false;
    if (this.key !== row.key) {
      this.#details = null;
      this.#trouble = "";
      this.#cover = null;
      this.element.scrollTop = 0;
    }
    this.#row = this.key === row.key ? { ...this.#row, ...row } : row;
    this.element.hidden = false;
    this.#paint();
    this.ready = this.#load(row);
  }

  close(): void {
    if (!this.isOpen) return;
    const held = this.element.contains(document.activeElement);
    this.element.hidden = true;
    this.#editing = false;
    this.#row = null;
    if (held) this.#events.closed();
  }

  edit(on: boolean): void {
    this.#editing = on && !!this.#details?.editor;
    this.#paint();
    const first = this.#editing ? "input,textarea" : "button[aria-label='Edit']";
    this.element.querySelector<HTMLElement>(first)?.focus();
  }

  async #load(row: Row): Promise<void> {
    try {
      const details = await this.#events.ask(row.key);
      if (this.key !== row.key) return;
      this.#details = details;
      this.#trouble = "";
    } catch (error) {
      this.#trouble = (error as Error).message;
    }
    if (!this.#editing && this.key === row.key) this.#paint();
    const cover = row.cover ? await this.#events.cover(row.key) : null;
    if (this.key !== row.key || cover === this.#cover) return;
    this.#cover = cover;
    if (!this.#editing) this.#paint();
  }

  #paint(): void {
    const row = this.#row;
    if (!row) return;
    refill(this.element, ...(this.#editing && this.#details?.editor ? this.#form(row) : this.#sheet(row)));
  }

  #form(row: Row): Child[] {
    return [
      this.#head(`Edit ${row.name}`),
      editForm(this.#details!.editor!, {
        save: async (changes) => {
          await this.#events.save(row.key, changes);
          if (this.key !== row.key) return; // another was opened meanwhile
          this.edit(false);
          this.open(row);
        },
        cancel: () => this.edit(false),
      }),
    ];
  }

  #head(title: string): HTMLElement {
    const editable = this.#details?.editor && !this.#editing && !this.#readOnly();
    return div(
      "ivk-sidehead",
      h("h3", { title }, title),
      editable && iconButton(icons.EDIT, "Edit", () => this.edit(true), { kind: "quiet" }),
      iconButton(icons.X, "Close details", () => this.close(), { kind: "quiet" }),
    );
  }

  #sheet(row: Row): Child[] {
    const labels = this.#labels();
    const details = this.#details;
    const states = STATES.filter((_, bit) => row.state & (1 << bit));
    return [
      this.#picture(row),
      this.#head(row.name),
      div(
        "ivk-badges",
        badge(row.base, labels.base?.[row.base] ?? row.base),
        badge(row.type, labels.type?.[row.type] ?? row.type),
        !!row.format && badge("", String(row.format)),
        ...states.map((word) => span(`ivk-state ${LOUD[word] ?? ""}`, word)),
      ),
      details?.description ? h("p", { class: "ivk-text" }, details.description) : null,
      this.#facts(row),
      details?.triggers.length
        ? section("Trigger phrases", ...details.triggers.map((t) => this.#tag(t)))
        : null,
      details?.settings.length ? section("Default settings", details.settings.join(" · ")) : null,
      details?.files ? section("Files", details.files) : null,
      details?.related.length
        ? section("Related models", ...details.related.map((other) => this.#related(other)))
        : null,
      !details &&
        (this.#trouble
          ? h("p", { class: "ivk-muted" }, this.#trouble)
          : div("ivk-wait", h("i"), h("i"), h("i"))),
    ];
  }

  #picture(row: Row): Child {
    if (!this.#cover) return null;
    return h("div", {
      class: "ivk-cover",
      role: "img",
      "aria-label": `Cover of ${row.name}`,
      style: `background-image:url("${this.#cover}")`,
    });
  }

  #facts(row: Row): HTMLElement {
    const list = h("dl", { class: "ivk-kv" });
    const facts = this.#details?.facts ?? [{ label: "Size", text: bytes(row.size) }];
    for (const { label, text, mono } of facts) {
      const copy = iconButton(icons.COPY, `Copy ${label.toLowerCase()}`, () => this.#events.copy(text), {
        kind: "quiet small",
      });
      append(list, [
        h("dt", null, label),
        h("dd", { class: mono ? "ivk-mono" : "", title: text }, span("", text), copy),
      ]);
    }
    return list;
  }

  #tag(text: string): HTMLElement {
    return h(
      "button",
      { type: "button", class: "ivk-tag", title: `Copy "${text}"`, onclick: () => this.#events.copy(text) },
      text,
    );
  }

  #related(other: Details["related"][number]): HTMLElement {
    const labels = this.#labels();
    const line = button(other.name, () => this.#events.goTo(other.key), { kind: "quiet small" });
    append(line, [badge(other.type, labels.type?.[other.type] ?? other.type)]);
    return line;
  }
}

function section(title: string, ...children: Child[]): HTMLElement {
  return div("ivk-section", div("ivk-muted", title), ...children);
}
