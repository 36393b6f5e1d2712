// A list of rows to tick, of any length: a pool of elements moved about, as in the table's grid.
// One tab stop for the whole list; arrows move the focus, Space ticks, Enter does what the row's button does.
import { atEnd, h, setAttribute } from "../kit";

const HEIGHT = 404; // pixels of the rows at most
const SPARE = 6; // rows kept ready above and below

/** One row's elements; `paint` shows another row in them. */
export interface RowFace<T> {
  cells: HTMLElement[];
  paint(row: T): void;
}

export interface ListFace<T> {
  label: string;
  make(): RowFace<T>;
  /** What a screen reader says of a row. */
  spoken(row: T): string;
  canTick(row: T): boolean;
  /** The row's own action. */
  act(row: T): void;
  ticked(keys: Set<string>): void;
}

interface Pooled<T> {
  element: HTMLElement;
  face: RowFace<T>;
  place: number;
}

export class PickList<T extends { key: string }> {
  readonly element: HTMLElement;
  readonly ticked = new Set<string>();
  readonly #canvas = h("div", { class: "ivk-canvas", role: "rowgroup" });
  readonly #pool: Pooled<T>[] = [];
  readonly #face: ListFace<T>;
  #rows: T[] = [];
  #total = 0;
  #active = 0;
  #anchor = 0;
  #waiting = 0;
  #height = 34;

  constructor(face: ListFace<T>, signal: AbortSignal) {
    this.#face = face;
    this.element = h(
      "div",
      {
        class: "ivk-list",
        role: "grid",
        tabindex: "-1",
        "aria-label": face.label,
        "aria-multiselectable": "true",
      },
      this.#canvas,
    );
    this.element.addEventListener("scroll", () => this.#schedule(), { passive: true });
    this.#canvas.addEventListener("click", (event) => this.#clicked(event));
    this.#canvas.addEventListener("keydown", (event) => this.#typed(event));
    const observer = new ResizeObserver(() => this.#relayout());
    observer.observe(this.element);
    atEnd(signal, () => {
      observer.disconnect();
      cancelAnimationFrame(this.#waiting);
    });
  }

  /** Show these rows, out of `total` that there are: the list is as high as all of them would need. */
  show(rows: T[], total: number, keepPlace = true): void {
    const isFocused = this.element.contains(document.activeElement);
    const focused = isFocused ? this.#rows[this.#active]?.key : undefined;
    this.#rows = rows;
    this.#total = total;
    const place = focused ? rows.findIndex((row) => row.key === focused) : -1;
    this.#active = place >= 0 ? place : Math.max(0, Math.min(this.#active, rows.length - 1));
    if (!keepPlace) this.element.scrollTop = 0;
    this.#relayout();
    if (isFocused) this.focus();
  }

  /** Paint the rows on the screen again. */
  paint(): void {
    this.#place(true);
  }

  /** Tick these and no others. */
  tick(keys: Iterable<string>): void {
    this.ticked.clear();
    for (const key of keys) this.ticked.add(key);
    this.#face.ticked(this.ticked);
    this.paint();
  }

  /** Put the focus where the arrows left it; without rows, on the list. */
  focus(): void {
    const pooled = this.#pool.find((each) => each.place === this.#active);
    (pooled?.element ?? this.element).focus({ preventScroll: true });
  }

  #relayout(): void {
    this.#height = Number.parseFloat(getComputedStyle(this.element).getPropertyValue("--rh")) || 34;
    this.element.style.height = `${Math.min(HEIGHT, this.#total * this.#height)}px`;
    this.#canvas.style.height = `${this.#rows.length * this.#height}px`;
    setAttribute(this.element, "aria-rowcount", this.#rows.length);
    this.#place(true);
  }

  #schedule(): void {
    this.#waiting ||= requestAnimationFrame(() => {
      this.#waiting = 0;
      this.#place(false);
    });
  }

  /** Give each place on the screen a row's elements; with `all`, paint also those that are there already. */
  #place(all: boolean): void {
    const { scrollTop, clientHeight } = this.element;
    const rows = this.#rows.length;
    const start = Math.max(0, Math.floor(scrollTop / this.#height) - SPARE);
    const end = Math.min(rows, Math.ceil((scrollTop + clientHeight) / this.#height) + SPARE);
    // The focused row stays in the page when it is scrolled out, else the focus would be lost.
    const wanted = new Set(this.#active < rows ? [this.#active] : []);
    for (let place = start; place < end; place++) wanted.add(place);
    const free: Pooled<T>[] = [];
    for (const pooled of this.#pool) {
      if (!wanted.has(pooled.place)) free.push(pooled);
      else {
        wanted.delete(pooled.place);
        if (all) this.#paintRow(pooled, pooled.place);
      }
    }
    for (const place of wanted) this.#paintRow(free.pop() ?? this.#another(), place);
    for (const pooled of free) this.#put(pooled, -1);
  }

  #another(): Pooled<T> {
    const face = this.#face.make();
    for (const cell of face.cells) cell.setAttribute("role", "gridcell");
    const tick = h("div", { role: "gridcell", class: "ivk-tick" }, h("i", { class: "ivk-check" }));
    const element = h("div", { role: "row", class: "ivk-line", tabindex: "-1" }, tick, ...face.cells);
    const pooled = { element, face, place: -1 };
    this.#pool.push(pooled);
    this.#canvas.append(element);
    return pooled;
  }

  #put(pooled: Pooled<T>, place: number): void {
    pooled.place = place;
    pooled.element.hidden = place < 0;
    pooled.element.style.transform = `translateY(${place * this.#height}px)`;
    setAttribute(pooled.element, "aria-rowindex", place + 1);
  }

  #paintRow(pooled: Pooled<T>, place: number): void {
    const row = this.#rows[place]!;
    const { element } = pooled;
    this.#put(pooled, place);
    element.tabIndex = place === this.#active ? 0 : -1;
    element.classList.toggle("ivk-fixed", !this.#face.canTick(row));
    setAttribute(element, "aria-selected", this.ticked.has(row.key));
    setAttribute(element, "aria-label", this.#face.spoken(row));
    pooled.face.paint(row);
  }

  #moveTo(place: number): void {
    this.#active = Math.max(0, Math.min(place, this.#rows.length - 1));
    const top = this.#active * this.#height;
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + this.#height > scrollTop + clientHeight)
      this.element.scrollTop = top + this.#height - clientHeight;
    this.#place(false);
    for (const pooled of this.#pool) pooled.element.tabIndex = pooled.place === this.#active ? 0 : -1;
    this.focus();
  }

  /** Tick or untick the active row; with `stretch` make all rows since the last tick like that one. */
  #toggle(stretch: boolean): void {
    const row = this.#rows[this.#active];
    if (!row) return;
    const keys = new Set(this.ticked);
    if (stretch) {
      const [start, end] = [Math.min(this.#anchor, this.#active), Math.max(this.#anchor, this.#active)];
      for (const each of this.#rows.slice(start, end + 1)) if (this.#face.canTick(each)) keys.add(each.key);
    } else if (this.#face.canTick(row)) {
      if (!keys.delete(row.key)) keys.add(row.key);
      this.#anchor = this.#active;
    }
    this.tick(keys);
  }

  #clicked(event: MouseEvent): void {
    const target = event.target as HTMLElement;
    const pooled = this.#pool.find((p) => p.element === target.closest(".ivk-line"));
    if (!pooled || pooled.place < 0) return;
    this.#moveTo(pooled.place);
    if (!target.closest("button,a")) this.#toggle(event.shiftKey);
  }

  #typed(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.element.clientHeight / this.#height) - 1);
    const steps: Record<string, number> = {
      ArrowDown: this.#active + 1,
      ArrowUp: this.#active - 1,
      PageDown: this.#active + page,
      PageUp: this.#active - page,
      Home: 0,
      End: this.#rows.length - 1,
    };
    const to = steps[event.key];
    const row = this.#rows[this.#active];
    if (to !== undefined) this.#moveTo(to);
    else if (event.key === " ") this.#toggle(event.shiftKey);
    else if (
      event.key === "Enter" &&
      row &&
      event.target === this.#pool.find((p) => p.place === this.#active)?.element
    )
      this.#face.act(row);
    else if (event.key === "a" && (event.ctrlKey || event.metaKey))
      this.tick(this.#rows.filter((each) => this.#face.canTick(each)).map((each) => each.key));
    else if (event.key === "Escape" && this.ticked.size) this.tick([]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
