// The selection: keys, never places, so that it outlives every sort, search and change made elsewhere.
import type { Desk } from "./desk";
import type { Row, RowSource } from "./rows";

export type How = "only" | "toggle" | "range";

export class Selecting {
  readonly #desk: Desk;
  /** From here a range goes. */
  #anchor: string | null = null;
  #turn = 0;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** `from`: where the focus was. */
  async pick(row: Row | null, how: How, place: number, from: number): Promise<void> {
    const { shown } = this.#desk;
    if (row) shown.current = row.key;
    if (!row || how === "range") {
      this.#anchor ??= shown.source.row(from)?.key ?? null;
      return this.#range(row?.key, place);
    }
    this.#anchor = row.key;
    const keys = new Set(how === "toggle" ? shown.selected : []);
    if (how === "only" || !keys.delete(row.key)) keys.add(row.key);
    this.select([...keys]);
  }

  /** All from where the last range began to a row; or to a place, if its row is not here yet. */
  #range(key: string | undefined, place: number): Promise<void> {
    return this.#later(async (source) => {
      const to = key ? await source.place(key) : place;
      if (to < 0) return null; // the view that it was clicked in is gone
      const from = this.#anchor ? Math.max(0, await source.place(this.#anchor)) : 0;
      return source.keys(Math.min(from, to), Math.max(from, to) + 1);
    });
  }

  /** All that the filters leave; nothing, if that is all selected already. */
  pickAll(): Promise<void> {
    return this.#later(async (source) => {
      const keys = await source.keys(0, source.count);
      return keys.every((key) => this.#desk.shown.selected.has(key)) ? [] : keys;
    });
  }

  /** Select what takes a while to find, unless something else was selected meanwhile. */
  async #later(find: (source: RowSource) => Promise<string[] | null>): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    await this.#desk.settled();
    try {
      const keys = await find(this.#desk.shown.source);
      if (keys && turn === this.#turn) this.select(keys);
    } catch (error) {
      this.#desk.complain(error);
    }
  }

  select(keys: string[]): void {
    this.#turn += 1;
    const { shown, traits, announce } = this.#desk;
    shown.selected = new Set(keys);
    const anchor = keys.length ? this.#anchor : null;
    traits.select(keys); // which we hear, too
    this.#anchor = anchor;
    this.#desk.paint();
    announce(keys.length ? `${keys.length} selected` : "Nothing selected");
  }

  /** Python, or another view of the same table, has selected. */
  heard(): void {
    this.#turn += 1;
    this.#anchor = null;
    this.#desk.shown.selected = new Set(this.#desk.traits.get("selected"));
    this.#desk.paint();
  }
}
