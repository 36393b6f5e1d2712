// The rows on the screen: a pool of elements moved about by transforms, whatever the number of rows.
// One tab stop for the whole grid: the focus is on a row or on a header, and arrows move it.
import { h, hue, setAttribute, setText } from "../kit";
import { type ColumnDef, type Layout, type Painting, stateOf } from "./columns";
import { Header } from "./header";
import type { Query, Row, RowSource } from "./rows";

export const ROW = 34;
const HEAD = 30;
const SPARE = 6; // rows kept ready above and below

/** What the grid tells its owner. */
export interface GridEvents {
  /** A row was clicked, or reached by a key. */
  pick(place: number, row: Row, how: "only" | "toggle" | "range"): void;
  pickAll(): void;
  open(row: Row): void;
  escape(): void;
  remove(): void;
  sort(column: string, add: boolean): void;
  laidOut(): void;
}

/** What the grid shows. */
export interface Shown {
  source: RowSource;
  query: Query;
  selected: Set<string>;
  current: string | null;
  painting: Painting;
}

interface Pooled {
  element: HTMLElement;
  cells: HTMLElement[];
  place: number;
  row: Row | null;
}

export class Grid {
  readonly element: HTMLElement;
  readonly #canvas = h("div", { class: "ivk-canvas", role: "rowgroup" });
  readonly #header: Header;
  readonly #pool: Pooled[] = [];
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
    signal.addEventListener("abort", () => {
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
    if (changed) {
      for (const pooled of this.#pool.splice(0)) pooled.element.remove();
    }
    this.#events.laidOut();
    this.paint();
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

  /** Bring a row onto the screen, make it the grid's tab stop and (if asked) focus it. */
  moveTo(place: number, focus = true): void {
    if (!this.#shown.source.count) return;
    this.#active = Math.max(0, Math.min(place, this.#shown.source.count - 1));
    const top = this.#active * ROW;
    const room = this.element.clientHeight - HEAD;
    if (top < this.element.scrollTop) this.element.scrollTop = top;
    else if (top + ROW > this.element.scrollTop + room) this.element.scrollTop = top + ROW - room;
    this.#placeRows(false);
    if (focus) this.#pool.find((p) => p.place === this.#active)?.element.focus({ preventScroll: true });
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
    const here = new Map<number, Pooled>();
    const free: Pooled[] = [];
    for (const pooled of this.#pool) {
      if (needed(pooled.place) && !here.has(pooled.place)) here.set(pooled.place, pooled);
      else free.push(pooled);
    }
    source.want(start, end);
    const show = (place: number) => {
      const known = here.get(place);
      const pooled = known ?? free.pop() ?? this.#another();
      if (!known || all || !pooled.row) this.#paintRow(pooled, place);
    };
    for (let place = start; place < end; place++) show(place);
    if (source.count && (this.#active < start || this.#active >= end)) show(this.#active);
    for (const pooled of free) this.#put(pooled, -1);
  }

  #another(): Pooled {
    const cells = this.#columns.map(() => h("div", { role: "gridcell", class: "ivk-cell" }));
    const check = h("div", { role: "gridcell", class: "ivk-cell ivk-tick" }, h("i", { class: "ivk-check" }));
    const thumb = h("div", { class: "ivk-thumb", role: "presentation" });
    const element = h("div", { role: "row", class: "ivk-row", tabindex: "-1" }, check, thumb, ...cells);
    for (const [i, column] of this.#columns.entries()) {
      cells[i]!.className = `ivk-cell ${column.kind ?? ""}`;
      cells[i]!.setAttribute("aria-colindex", String(i + 2));
    }
    const pooled = { element, cells, place: -1, row: null };
    this.#pool.push(pooled);
    this.#canvas.append(element);
    return pooled;
  }

  #put(pooled: Pooled, place: number): void {
    if (pooled.place === place) return;
    pooled.place = place;
    pooled.element.hidden = place < 0;
    pooled.element.style.transform = `translateY(${place * ROW}px)`;
    setAttribute(pooled.element, "aria-rowindex", place + 2);
  }

  #paintRow(pooled: Pooled, place: number): void {
    const { source, selected, current, painting } = this.#shown;
    const row = source.row(place);
    const { element, cells } = pooled;
    this.#put(pooled, place);
    pooled.row = row;
    element.tabIndex = place === this.#active ? 0 : -1;
    element.classList.toggle("ivk-skeleton", !row);
    element.classList.toggle("ivk-busy", !!row && row.key in painting.busy);
    element.classList.toggle("ivk-cur", !!row && row.key === current);
    setAttribute(element, "aria-selected", !!row && selected.has(row.key));
    setAttribute(element, "aria-busy", row && row.key in painting.busy ? "true" : null);
    const thumb = element.children[1] as HTMLElement;
    this.#paintThumb(thumb, row);
    for (const [i, column] of this.#columns.entries()) {
      const cell = cells[i]!;
      if (row) column.paint(cell, row, painting);
      else setText(cell, "");
    }
    if (row) setAttribute(element, "aria-label", this.#spoken(row));
  }

  /** Covers of rows on the screen come by key from here. */
  thumbs = new Map<string, string>();

  #paintThumb(thumb: HTMLElement, row: Row | null): void {
    const url = row?.cover ? this.thumbs.get(row.key) : undefined;
    thumb.style.backgroundImage = url ? `url("${url}")` : "";
    thumb.style.setProperty("--b", hue(row?.type ?? ""));
  }

  #spoken(row: Row): string {
    const { painting } = this.#shown;
    const labels = (id: "type" | "base") => painting.labels[id]?.[row[id]] ?? row[id];
    const [state] = stateOf(row, painting.busy, painting.failed);
    return [row.name, labels("type"), labels("base"), state].filter(Boolean).join(", ");
  }

  /** Rows with a cover on the screen whose picture is not here. */
  wantedThumbs(): string[] {
    const wanted = this.#pool.filter((p) => p.place >= 0 && p.row?.cover && !this.thumbs.has(p.row.key));
    return wanted.map((p) => p.row!.key);
  }

  #allState(): "true" | "false" | "mixed" {
    const { selected, source } = this.#shown;
    if (!selected.size || !source.count) return "false";
    return selected.size >= source.count ? "true" : "mixed";
  }

  #withRow(event: Event, go: (row: Row, place: number) => void): void {
    const element = (event.target as HTMLElement).closest(".ivk-row");
    const pooled = this.#pool.find((p) => p.element === element);
    if (pooled?.row) go(pooled.row, pooled.place);
  }

  #clicked(event: MouseEvent): void {
    this.#withRow(event, (row, place) => {
      const target = event.target as HTMLElement;
      const toggle = event.ctrlKey || event.metaKey || target.closest(".ivk-tick") !== null;
      const how = event.shiftKey ? "range" : toggle ? "toggle" : "only";
      this.#events.pick(place, row, how);
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
        this.#events.pick(place, row, event.shiftKey ? "range" : "toggle"),
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
    this.moveTo(to);
    if (!select) return;
    const row = this.#shown.source.row(this.#active);
    if (row) this.#events.pick(this.#active, row, "range");
  }
}
