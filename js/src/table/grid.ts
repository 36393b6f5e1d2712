// The rows on the screen: a pool of elements moved about by transforms, whatever the number of rows.
// One tab stop for the whole grid: the focus is on a row or on a header, and arrows move it.
import { atEnd, h, setAttribute } from "../kit";
import type { ColumnDef, Layout, Painting } from "./columns";
import { Header } from "./header";
import { Pool } from "./pool";
import type { Query, Row, RowSource } from "./rows";
import type { How } from "./selecting";

export const ROW = 34;
const HEAD = 30;
const SPARE = 6; // rows kept ready above and below

/** What the grid tells its owner. */
export interface GridEvents {
  /** A row was clicked, or reached by a key; then it may not be here yet. The focus was at `from`. */
  pick(row: Row | null, how: How, place: number, from: number): void;
  pickAll(): void;
  open(row: Row): void;
  escape(): void;
  remove(): void;
  sort(column: string, add: boolean): void;
  /** Other rows may be on the screen. */
  placed(): void;
}

/** What the grid shows. */
export interface Shown {
  source: RowSource;
  query: Query;
  selected: Set<string>;
  current: string | null;
  painting: Painting;
}

export class Grid {
  readonly element: HTMLElement;
  readonly #canvas = h("div", { class: "ivk-canvas", role: "rowgroup" });
  readonly #header: Header;
  readonly #pool: Pool;
  #columns: ColumnDef[] = [];
  #active = 0;
  #waiting = 0;

  readonly #shown: Shown;
  readonly #layout: Layout;
  readonly #events: GridEvents;

  constructor(shown: Shown, layout: Layout, events: GridEvents, signal: AbortSignal) {
    this.#shown = shown;
    this.#layout = layout;
    this.#events = events;
    this.#pool = new Pool(shown, this.#canvas);
    this.#header = new Header(layout, {
      sort: events.sort,
      all: events.pickAll,
      changed: () => this.relayout(),
      leave: () => this.moveTo(0),
    });
    this.element = h(
      "div",
      { class: "ivk-grid", role: "grid", "aria-label": "Models", "aria-multiselectable": "true" },
      this.#header.element,
      this.#canvas,
    );
    this.element.addEventListener("scroll", () => this.#schedule(), { passive: true });
    this.#canvas.addEventListener("click", (event) => this.#clicked(event));
    this.#canvas.addEventListener("dblclick", (event) => this.#withRow(event, (row) => events.open(row)));
    this.#canvas.addEventListener("keydown", (event) => this.#typed(event));
    const observer = new ResizeObserver(() => this.relayout());
    observer.observe(this.element);
    atEnd(signal, () => {
      observer.disconnect();
      cancelAnimationFrame(this.#waiting);
    });
  }

  /** The columns that are on the screen. */
  get visible(): ColumnDef[] {
    return this.#columns;
  }

  /** Choose the columns that fit, and paint all. */
  relayout(): void {
    const columns = this.#layout.fitting(this.element.clientWidth - 34 - 40);
    const changed = columns.map((c) => c.id).join() !== this.#columns.map((c) => c.id).join();
    this.#columns = columns;
    this.element.style.setProperty("--cols", `34px 40px ${this.#layout.tracks(columns)}`);
    setAttribute(this.element, "aria-colcount", columns.length + 1);
    const focused = changed && this.hasFocus;
    if (changed) this.#pool.setColumns(columns);
    this.paint();
    if (focused) this.makeActive(this.#active, true); // its row was made anew
  }

  /** Show what is there now. */
  paint(): void {
    const { source, query } = this.#shown;
    this.#header.paint(this.#columns, query, this.#allState());
    setAttribute(this.element, "aria-rowcount", source.count + 1);
    this.#canvas.style.height = `${source.count * ROW}px`;
    this.#active = Math.max(0, Math.min(this.#active, source.count - 1));
    this.#placeRows(true);
  }

  /** The place at the top of the screen, and how far it is scrolled out. */
  top(): [place: number, offset: number] {
    const { scrollTop } = this.element;
    return [Math.floor(scrollTop / ROW), scrollTop % ROW];
  }

  scrollTo(place: number, offset = 0): void {
    this.element.scrollTop = place * ROW + offset;
  }

  /** Bring a row onto the screen and give it the focus. */
  moveTo(place: number): void {
    const { count } = this.#shown.source;
    if (!count) return;
    const to = Math.max(0, Math.min(place, count - 1));
    const top = to * ROW;
    const room = this.element.clientHeight - HEAD;
    if (top < this.element.scrollTop) this.element.scrollTop = top;
    else if (top + ROW > this.element.scrollTop + room) this.element.scrollTop = top + ROW - room;
    this.makeActive(to, true);
  }

  /** Make a row the grid's tab stop, wherever it is, and (if asked) give it the focus. Nothing is scrolled. */
  makeActive(place: number, focus: boolean): void {
    const before = this.#pool.at(this.#active);
    if (before) before.element.tabIndex = -1;
    this.#active = place;
    this.#placeRows(false);
    const now = this.#pool.at(place)?.element;
    if (now) now.tabIndex = 0;
    if (focus) now?.focus({ preventScroll: true });
  }

  /** The place of the grid's tab stop. */
  get activePlace(): number {
    return this.#active;
  }

  get hasFocus(): boolean {
    return this.#canvas.contains(document.activeElement);
  }

  #schedule(): void {
    if (this.#waiting) return;
    this.#waiting = requestAnimationFrame(() => {
      this.#waiting = 0;
      this.#placeRows(false);
    });
  }

  /** Give each place on the screen a row element; with `all`, paint also those that have their row. */
  #placeRows(all: boolean): void {
    const { source } = this.#shown;
    const { scrollTop, clientHeight } = this.element;
    const start = Math.max(0, Math.floor(scrollTop / ROW) - SPARE);
    const end = Math.min(source.count, Math.ceil((scrollTop + clientHeight) / ROW) + SPARE);
    // The focused row stays in the page when it is scrolled out, else the focus would be lost.
    const needed = (place: number) =>
      (place >= start && place < end) || (place === this.#active && place < source.count);
    source.want(start, end);
    const show = this.#pool.moveTo(needed, (place) => place === this.#active, all);
    for (let place = start; place < end; place++) show(place);
    if (source.count && (this.#active < start || this.#active >= end)) show(this.#active);
    this.#pool.rest();
    this.#events.placed();
  }

  /** Covers by key, for the rows on the screen. */
  set thumbs(thumbs: Map<string, string>) {
    this.#pool.thumbs = thumbs;
  }

  /** Rows with a cover on the screen whose picture is not here. */
  wantedThumbs(): string[] {
    return this.#pool.wantedThumbs();
  }

  /** Rows that are not here yet count as selected, if enough are. */
  #allState(): "true" | "false" | "mixed" {
    const { selected, source } = this.#shown;
    if (!selected.size || !source.count) return "false";
    if (selected.size < source.count) return "mixed";
    if (selected.size < source.total)
      for (let place = 0; place < source.count; place++) {
        const row = source.row(place);
        if (row && !selected.has(row.key)) return "mixed";
      }
    return "true";
  }

  #withRow(event: Event, go: (row: Row, place: number) => void): void {
    const pooled = this.#pool.of((event.target as HTMLElement).closest(".ivk-row"));
    if (pooled?.row) go(pooled.row, pooled.place);
  }

  #clicked(event: MouseEvent): void {
    this.#withRow(event, (row, place) => {
      const target = event.target as HTMLElement;
      const toggle = event.ctrlKey || event.metaKey || target.closest(".ivk-tick") !== null;
      const how = event.shiftKey ? "range" : toggle ? "toggle" : "only";
      this.#events.pick(row, how, place, this.#active);
      this.moveTo(place);
      if (how === "only" && target.closest(".ivk-name")) this.#events.open(row);
    });
  }

  #typed(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor((this.element.clientHeight - HEAD) / ROW) - 1);
    const steps: Record<string, number> = {
      ArrowDown: this.#active + 1,
      ArrowUp: this.#active - 1,
      PageDown: this.#active + page,
      PageUp: this.#active - page,
      Home: 0,
      End: this.#shown.source.count - 1,
    };
    const to = steps[event.key];
    const ctrl = event.ctrlKey || event.metaKey;
    if (event.key === "ArrowUp" && this.#active === 0 && !event.shiftKey) this.#header.focus();
    else if (to !== undefined) this.#step(to, event.shiftKey);
    else if (event.key === "a" && ctrl) this.#events.pickAll();
    else if (event.key === " ")
      this.#withRow(event, (row, place) =>
        this.#events.pick(row, event.shiftKey ? "range" : "toggle", place, place),
      );
    else if (event.key === "Enter") this.#withRow(event, (row) => this.#events.open(row));
    else if (event.key === "Escape") this.#events.escape();
    else if (event.key === "Delete") this.#events.remove();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Arrows move the focus; with shift they also select what lies between. */
  #step(to: number, select: boolean): void {
    const from = this.#active;
    this.moveTo(to);
    if (select) this.#events.pick(this.#shown.source.row(this.#active), "range", this.#active, from);
  }
}
