// The header row: sorting by click and key, widths and order of the columns by mouse and by key.
import { h, setAttribute, setText } from "../kit";
import type { ColumnDef, Layout } from "./columns";
import type { Query } from "./rows";

export interface HeaderEvents {
  sort(column: string, add: boolean): void;
  all(): void;
  /** Widths or order changed. */
  changed(): void;
  /** Down, into the rows. */
  leave(): void;
}

const HELP = "Enter sorts, Shift+Enter adds to the sort, Alt+arrows move the column, Shift+arrows resize it";
const ARROWS = { asc: "↑", desc: "↓" };

export class Header {
  readonly element: HTMLElement;
  readonly #all: HTMLButtonElement;
  #cells: HTMLElement[] = [];
  #columns: ColumnDef[] = [];
  #active = 0;

  readonly #layout: Layout;
  readonly #events: HeaderEvents;

  constructor(layout: Layout, events: HeaderEvents) {
    this.#layout = layout;
    this.#events = events;
    this.#all = h(
      "button",
      {
        type: "button",
        class: "ivk-all",
        role: "checkbox",
        tabindex: "-1",
        "aria-label": "Select all in view",
        onclick: () => events.all(),
      },
      h("i", { class: "ivk-check" }),
    );
    this.element = h(
      "div",
      { class: "ivk-row ivk-headrow", role: "row", "aria-rowindex": "1" },
      h("div", { class: "ivk-cell ivk-tick", role: "columnheader" }, this.#all),
      h("span", { role: "presentation" }),
    );
    this.element.addEventListener("keydown", (event) => this.#typed(event));
  }

  paint(columns: ColumnDef[], query: Query, all: "true" | "false" | "mixed"): void {
    if (columns.map((c) => c.id).join() !== this.#columns.map((c) => c.id).join()) this.#build(columns);
    setAttribute(this.#all, "aria-checked", all);
    setAttribute(this.#all, "title", all === "true" ? "Select none" : "Select all in view");
    for (const [i, { id }] of columns.entries()) {
      const at = query.sort.findIndex(([column]) => column === id);
      const direction = query.sort[at]?.[1];
      const cell = this.#cells[i]!;
      setAttribute(cell, "aria-sort", direction ? (direction === "asc" ? "ascending" : "descending") : null);
      const order = query.sort.length > 1 && direction ? String(at + 1) : "";
      setText(cell.querySelector(".ivk-arrow")!, direction ? ` ${ARROWS[direction]}${order}` : "");
    }
  }

  focus(): void {
    this.#buttons()[this.#active]?.focus();
  }

  #buttons(): HTMLButtonElement[] {
    return [this.#all, ...this.#cells.map((cell) => cell.querySelector("button")!)];
  }

  #build(columns: ColumnDef[]): void {
    const focused = this.element.contains(document.activeElement);
    for (const cell of this.#cells) cell.remove();
    this.#columns = columns;
    this.#cells = columns.map((column, i) => this.#cell(column, i));
    this.element.append(...this.#cells);
    this.#active = Math.min(this.#active, columns.length);
    if (focused) this.focus();
  }

  #cell(column: ColumnDef, i: number): HTMLElement {
    const sort = h(
      "button",
      {
        type: "button",
        class: "ivk-sort",
        tabindex: "-1",
        "aria-description": HELP,
        onclick: (event: MouseEvent) => this.#events.sort(column.id, event.shiftKey),
        onpointerdown: (event: PointerEvent) => this.#drag(event, column.id),
      },
      column.label,
      h("span", { class: "ivk-arrow", "aria-hidden": "true" }),
    );
    const edge = h("span", {
      class: "ivk-edge",
      onpointerdown: (event: PointerEvent) => this.#stretch(event, column.id),
      ondblclick: () => this.#resize(column.id, null),
    });
    const kind = column.kind?.includes("num") ? "num" : "";
    return h("div", { role: "columnheader", class: `ivk-cell ${kind}`, "aria-colindex": i + 2 }, sort, edge);
  }

  #resize(id: string, width: number | null): void {
    this.#layout.resize(id, width);
    this.#events.changed();
  }

  #stretch(event: PointerEvent, id: string): void {
    const cell = (event.target as HTMLElement).parentElement!;
    const start = cell.offsetWidth - event.clientX;
    follow(event, (x) => this.#resize(id, start + x));
    event.preventDefault();
  }

  /** Dragging a header puts its column elsewhere; the click that ends it does not sort. */
  #drag(event: PointerEvent, id: string): void {
    const button = event.currentTarget as HTMLElement;
    let target: HTMLElement | null = null;
    let moved = false;
    const mark = (cell: HTMLElement | null) => {
      for (const other of this.#cells) other.classList.toggle("ivk-drop", other === cell);
      target = cell;
    };
    follow(
      event,
      (x) => {
        moved ||= Math.abs(x - event.clientX) > 6;
        if (moved) mark(this.#cells.find((cell) => x < cell.getBoundingClientRect().right) ?? null);
      },
      (dropped) => {
        const before = target ? this.#columns[this.#cells.indexOf(target)]!.id : null;
        mark(null);
        if (!moved || !dropped) return;
        button.addEventListener("click", (click) => click.stopImmediatePropagation(), {
          capture: true,
          signal: AbortSignal.timeout(50), // no click comes if it was let go elsewhere
        });
        this.#layout.move(id, before);
        this.#events.changed();
      },
    );
  }

  #typed(event: KeyboardEvent): void {
    const buttons = this.#buttons();
    const at = buttons.indexOf(event.target as HTMLButtonElement);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const column = this.#columns[at - 1];
    if (event.key === "ArrowDown") this.#events.leave();
    else if (event.key === "Enter" && column) this.#events.sort(column.id, event.shiftKey);
    else if (step && event.altKey && column) this.#shift(column.id, at - 1, step);
    else if (step && event.shiftKey && column)
      this.#resize(column.id, this.#cells[at - 1]!.offsetWidth + step * 16);
    else if (step) this.#activate(at + step);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #activate(at: number): void {
    this.#active = Math.max(0, Math.min(at, this.#cells.length));
    this.focus();
  }

  #shift(id: string, at: number, step: number): void {
    const before = this.#columns[step < 0 ? at - 1 : at + 2];
    if (step < 0 && !before) return;
    this.#layout.move(id, before?.id ?? null);
    this.#active = at + 1 + step;
    this.#events.changed();
    this.#activate(this.#active);
  }
}

/** Follow the pointer of the main button until it is let go, or the page takes it over, as for scrolling. */
function follow(
  event: PointerEvent,
  move: (x: number) => void,
  end: (dropped: boolean) => void = () => {},
): void {
  if (event.button) return;
  const over = new AbortController();
  const { signal } = over;
  addEventListener("pointermove", (e) => move(e.clientX), { signal });
  for (const name of ["pointerup", "pointercancel"]) {
    addEventListener(
      name,
      () => {
        over.abort();
        end(name === "pointerup");
      },
      { signal },
    );
  }
  event.stopPropagation();
}
