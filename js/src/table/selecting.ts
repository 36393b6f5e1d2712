// The selection: keys, never places, so that it outlives every sort, search and change made elsewhere.
import type { Desk } from "./desk";
import type { Row } from "./rows";

export type How = "only" | "toggle" | "range";

export class Selecting {
  readonly #desk: Desk;
  /** From here a range goes. */
  #anchor: string | null = null;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  async pick(row: Row, how: How): Promise<void> {
    const { shown } = this.#desk;
    shown.current = row.key;
    if (how === "range") return this.#range(row.key);
    this.#anchor = row.key;
    const keys = new Set(how === "toggle" ? shown.selected : []);
    if (how === "toggle" && shown.selected.has(row.key)) keys.delete(row.key);
    else keys.add(row.key);
    this.select([...keys]);
  }

  async #range(key: string): Promise<void> {
    await this.#desk.settled();
    const { source } = this.#desk.shown;
    try {
      const place = await source.place(key);
      if (place < 0) return; // the view that it was clicked in is gone
      const from = this.#anchor === null ? 0 : Math.max(0, await source.place(this.#anchor));
      this.select(await source.keys(Math.min(from, place), Math.max(from, place) + 1));
    } catch (error) {
      this.#desk.complain(error);
    }
  }

  /** All that the filters leave; nothing, if that is all selected already. */
  async pickAll(): Promise<void> {
    await this.#desk.settled();
    const { source, selected } = this.#desk.shown;
    try {
      const keys = await source.keys(0, source.count);
      this.select(keys.every((key) => selected.has(key)) ? [] : keys);
    } catch (error) {
      this.#desk.complain(error);
    }
  }

  select(keys: string[]): void {
    const { shown, traits, announce } = this.#desk;
    shown.selected = new Set(keys);
    traits.select(keys);
    this.#desk.paint();
    announce(keys.length ? `${keys.length} selected` : "Nothing selected");
  }

  /** Python, or another view of the same table, has selected. */
  heard(): void {
    this.#desk.shown.selected = new Set(this.#desk.traits.get("selected"));
    this.#desk.paint();
  }
}
