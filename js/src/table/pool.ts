// The elements of the rows: few, used again and again, moved by transforms. One is told which row to show.
import { h, hue, setAttribute, setText, uniqueId } from "../kit";
import { type ColumnDef, stateOf } from "./columns";
import { ROW, type Shown } from "./grid";
import type { Row } from "./rows";

interface Pooled {
  element: HTMLElement;
  cells: HTMLElement[];
  place: number;
  row: Row | null;
}

export class Pool {
  /** Object URLs of covers by key. */
  thumbs = new Map<string, string>();
  readonly #shown: Shown;
  readonly #canvas: HTMLElement;
  readonly #all: Pooled[] = [];
  #columns: ColumnDef[] = [];
  #free: Pooled[] = [];

  constructor(shown: Shown, canvas: HTMLElement) {
    this.#shown = shown;
    this.#canvas = canvas;
  }

  /** Begin anew with other columns. */
  setColumns(columns: ColumnDef[]): void {
    this.#columns = columns;
    for (const pooled of this.#all.splice(0)) pooled.element.remove();
  }

  at(place: number): Pooled | undefined {
    return this.#all.find((pooled) => pooled.place === place);
  }

  of(element: Element | null): Pooled | undefined {
    return this.#all.find((pooled) => pooled.element === element);
  }

  /**
   * Free the elements whose places are not needed any more. The returned function shows a place, each once; with
   * `all` it paints also what is there already. Then `rest` puts away what is left over.
   */
  moveTo(
    needed: (place: number) => boolean,
    isActive: (place: number) => boolean,
    all: boolean,
  ): (place: number) => void {
    const here = new Map<number, Pooled>();
    this.#free = [];
    for (const pooled of this.#all) {
      if (needed(pooled.place) && !here.has(pooled.place)) here.set(pooled.place, pooled);
      else this.#free.push(pooled);
    }
    return (place) => {
      const known = here.get(place);
      const pooled = known ?? this.#free.pop() ?? this.#another();
      if (!known || all || !pooled.row) this.#paint(pooled, place, isActive(place));
    };
  }

  rest(): void {
    for (const pooled of this.#free) this.#put(pooled, -1);
    // Where they stand in the page has no meaning; who is read the page is to hear them in their order.
    const inOrder = this.#all.filter((p) => p.place >= 0).sort((a, b) => a.place - b.place);
    setAttribute(this.#canvas, "aria-owns", inOrder.map((p) => p.element.id).join(" "));
  }

  /** Rows with a cover on the screen whose picture is not here. */
  wantedThumbs(): string[] {
    const wanted = this.#all.filter((p) => p.place >= 0 && p.row?.cover && !this.thumbs.has(p.row.key));
    return wanted.map((p) => p.row!.key);
  }

  #another(): Pooled {
    const cells = this.#columns.map(() => h("div", { role: "gridcell", class: "ivk-cell" }));
    const check = h("div", { role: "gridcell", class: "ivk-cell ivk-tick" }, h("i", { class: "ivk-check" }));
    const thumb = h("div", { class: "ivk-thumb", role: "presentation" });
    const id = uniqueId("row");
    const element = h("div", { id, role: "row", class: "ivk-row", tabindex: "-1" }, check, thumb, ...cells);
    for (const [i, column] of this.#columns.entries()) {
      cells[i]!.className = `ivk-cell ${column.kind ?? ""}`;
      cells[i]!.setAttribute("aria-colindex", String(i + 2));
    }
    const pooled = { element, cells, place: -1, row: null };
    this.#all.push(pooled);
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

  #paint(pooled: Pooled, place: number, active: boolean): void {
    const { source, selected, current, painting } = this.#shown;
    const row = source.row(place);
    const { element, cells } = pooled;
    this.#put(pooled, place);
    pooled.row = row;
    element.tabIndex = active ? 0 : -1;
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
    setAttribute(element, "aria-label", row ? this.#spoken(row) : "Loading");
  }

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
}
