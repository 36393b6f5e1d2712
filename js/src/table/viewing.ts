// The view: what is searched for, filtered by and sorted by. The person and Python may both change it.
import { atEnd } from "../kit";
import type { Desk } from "./desk";
import { inWords } from "./foot";
import { isFiltered, type Query, sameQuery, sortedBy, termsOf } from "./rows";

const TELL = 250; // ms of quiet before Python hears of a new view

export class Viewing {
  readonly #desk: Desk;
  /** Marks the views that this side made, when they come back from Python. */
  readonly #origin = Math.random().toString(36).slice(2);
  #telling = 0;
  #serial = 0;
  /** Until the last view that was asked for is there, or has failed. */
  settled: Promise<unknown> = Promise.resolve();

  constructor(desk: Desk) {
    this.#desk = desk;
    atEnd(desk.signal, () => clearTimeout(this.#telling));
  }

  async show(query: Query, tell = true): Promise<void> {
    const { shown } = this.#desk;
    if (sameQuery(query, shown.query)) return;
    shown.query = query;
    this.#desk.tools.show(query);
    this.#serial += 1;
    const serial = this.#serial;
    const shows = shown.source.show(query);
    this.settled = shows.catch(() => {});
    try {
      await shows;
    } catch (error) {
      return this.#desk.complain(error);
    }
    if (serial !== this.#serial) return;
    shown.painting.terms = termsOf(query.text);
    this.#desk.grid.scrollTo(0);
    this.#desk.paint();
    if (isFiltered(query))
      this.#desk.announce(inWords({ inView: shown.source.count, total: shown.source.total }));
    if (tell) this.#tell();
  }

  sort(column: string, add: boolean): void {
    const { query } = this.#desk.shown;
    void this.show({ ...query, sort: sortedBy(query.sort, column, add) });
  }

  clear(): void {
    void this.show({ text: "", facets: {}, sort: this.#desk.shown.query.sort });
    this.#desk.tools.focus();
  }

  /** Python has made another view; or it is our own, come back. */
  heard(): void {
    const { text, facets, sort, origin } = this.#desk.traits.get("query");
    if (origin !== this.#origin) void this.show({ text, facets, sort }, false);
  }

  #tell(): void {
    const { intents, shown } = this.#desk;
    clearTimeout(this.#telling);
    this.#telling = window.setTimeout(() => {
      void intents.ask("query", { query: shown.query, origin: this.#origin }).catch(() => {});
    }, TELL);
  }
}
