// Rows by message: Python searches, sorts and counts, and sends the windows that are looked at. The table starts
// with this, from the first window in the initial state, and stays with it if there are very many rows.
import type { Reads } from "./reads";
import { type Columns, type Facets, type Query, type Row, type RowSource, rowAt } from "./rows";

const PAGE = 100;
const ABOVE = 30; // rows brought before the one that is to be seen

export interface Window {
  revision: number;
  start: number;
  count: number;
  bytes: number;
  columns: Columns;
}

export class RemoteRows implements RowSource {
  total: number;
  count: number;
  bytes: number;
  #rows = new Map<number, Row>();
  #byKey = new Map<string, Row>();
  #asked = new Set<number>();
  #last: Promise<void> = Promise.resolve();
  #wave = 0; // rises with each query, so that late answers to an old one are dropped

  #query: Query;
  readonly #reads: Reads;
  readonly #names: () => string[];
  readonly #onRows: () => void;
  readonly #onTrouble: (error: unknown) => void;

  constructor(
    head: Window & { total: number },
    query: Query,
    reads: Reads,
    names: () => string[],
    onRows: () => void,
    onTrouble: (error: unknown) => void,
  ) {
    this.#query = query;
    this.#reads = reads;
    this.#names = names;
    this.#onRows = onRows;
    this.#onTrouble = onTrouble;
    this.total = head.total;
    this.count = head.count;
    this.bytes = head.bytes;
    this.#keep(head);
  }

  show(query: Query, near = 0): Promise<void> {
    this.#wave += 1;
    this.#last = this.#bring(query, this.#wave, Math.max(0, near - ABOVE));
    return this.#last;
  }

  async #bring(query: Query, wave: number, start: number): Promise<void> {
    const window = await this.#ask(query, start);
    if (wave !== this.#wave) return this.#last; // another view is on its way: there when that is
    this.#query = query;
    this.count = window.count;
    this.bytes = window.bytes;
    this.#rows.clear();
    this.#asked.clear();
    this.#keep(window);
  }

  /** Whether some rows of the view are not here. */
  get hasHoles(): boolean {
    return this.#rows.size < this.count;
  }

  row(place: number): Row | null {
    return this.#rows.get(place) ?? null;
  }

  want(start: number, end: number): void {
    for (let page = Math.floor(start / PAGE); page * PAGE < Math.min(end, this.count); page++) {
      if (!this.#asked.has(page) && this.#lacks(page, start, end)) void this.#fetch(page);
    }
  }

  find(key: string): Row | null {
    return this.#byKey.get(key) ?? null;
  }

  bytesOf(keys: Iterable<string>): number | null {
    let sum = 0;
    for (const key of keys) {
      const row = this.#byKey.get(key);
      if (!row) return null;
      sum += row.size ?? 0;
    }
    return sum;
  }

  place(key: string): Promise<number> {
    return this.#reads.ask("place", { query: this.#query, key });
  }

  keys(start: number, end: number): Promise<string[]> {
    return this.#reads.ask("keys", { query: this.#query, start, end });
  }

  facets(): Promise<Facets> {
    return this.#reads.ask("facets", { query: this.#query });
  }

  #lacks(page: number, start: number, end: number): boolean {
    const last = Math.min(end, (page + 1) * PAGE, this.count);
    for (let place = Math.max(start, page * PAGE); place < last; place++)
      if (!this.#rows.has(place)) return true;
    return false;
  }

  async #fetch(page: number): Promise<void> {
    this.#asked.add(page);
    const wave = this.#wave;
    try {
      const window = await this.#ask(this.#query, page * PAGE);
      if (wave !== this.#wave) return;
      this.#keep(window);
      this.#onRows();
    } catch (error) {
      this.#asked.delete(page); // asked again when it is looked at again
      this.#onTrouble(error);
    }
  }

  #ask(query: Query, start: number): Promise<Window> {
    return this.#reads.ask("window", { query, start, count: PAGE, columns: this.#names() });
  }

  #keep({ start, columns }: Window): void {
    for (let n = 0; n < columns.key!.length; n++) {
      const row = rowAt(columns, n);
      this.#rows.set(start + n, row);
      this.#byKey.set(row.key, row); // stays when the view changes: the selection may hold it
    }
  }
}
