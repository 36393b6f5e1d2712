// Keeping the rows true: from the first window to all rows, and through changes made elsewhere, with the same rows
// under the eyes and the focus where it was.
import type { Desk } from "./desk";
import { PATIENCE } from "./desk";
import { LocalRows } from "./local";
import { unpack } from "./packed";
import { RemoteRows } from "./remote";
import { type Change, type Query, rowAt } from "./rows";

const AFTER_PAINT = 60; // ms, so that the first picture is there before the rest is asked for

export class Following {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** The rows to start with: the first window, which the initial state holds. */
  remote(query: Query): RemoteRows {
    const desk = this.#desk;
    const columns = () => desk.layout.shown;
    return new RemoteRows(
      desk.traits.get("head"),
      query,
      desk.reads,
      columns,
      () => desk.grid.paint(),
      (error) => desk.complain(error),
    );
  }

  /** After the first picture, which needs no answer from Python: have all rows brought, if they are not too many. */
  start(): void {
    setTimeout(() => {
      if (this.#desk.signal.aborted) return;
      const { traits, layout } = this.#desk;
      const { local, columns } = traits.get("head");
      if (local) return void this.#goLocal();
      if (!layout.shown.every((id) => id in columns)) void this.showColumns(); // remembered ones
      this.#prepare();
    }, AFTER_PAINT);
  }

  /** Rows that stay with Python: have it ready for the first search and sort. */
  #prepare(): void {
    void this.#desk.intents.ask("prepare", {}, PATIENCE).catch(() => {}); // else the first ones take longer
  }

  /** The columns that are shown or sorted by. */
  get #wanted(): string[] {
    const { layout, shown } = this.#desk;
    return [...layout.shown, ...shown.query.sort.map(([id]) => id)];
  }

  /** The person chose other columns: have those brought that are not here. */
  async showColumns(): Promise<void> {
    const { shown, grid } = this.#desk;
    if (shown.source instanceof LocalRows) return this.sorted();
    try {
      await shown.source.show(shown.query, grid.top()[0]);
      this.#desk.paint();
    } catch (error) {
      this.#desk.complain(error);
    }
  }

  /** Python may sort by any column: have it brought, if it is not here. */
  async sorted(): Promise<void> {
    const { source } = this.#desk.shown;
    if (source instanceof LocalRows && !this.#wanted.every((id) => source.has(id))) await this.#goLocal();
  }

  async heard(change: Change): Promise<void> {
    const { shown, traits, grid } = this.#desk;
    const { source, painting } = shown;
    const { local, largest, total } = traits.get("head");
    painting.largest = largest;
    const here = source instanceof LocalRows ? source : null;
    if (local && here?.revision !== change.before)
      await this.#goLocal(); // another change was missed
    else
      await this.#keepingPlace(() => {
        if (!here) (source as RemoteRows).total = total;
        else if (local) here.apply(change);
        else shown.source = this.remote(shown.query);
        return shown.source.show(shown.query, grid.top()[0]);
      });
    if (shown.source instanceof RemoteRows) this.#prepare();
    this.#tellDetails(change);
  }

  #tellDetails({ before, put, gone }: Change): void {
    const { details, shown } = this.#desk;
    const { key } = details;
    if (!key) return;
    const at = put.key!.indexOf(key);
    // The rows of a very large change do not come with it.
    const row = at >= 0 ? rowAt(put, at) : before < 0 && shown.source.find(key);
    if (gone.includes(key)) details.close();
    else if (row) details.open(row);
  }

  async #goLocal(): Promise<void> {
    const { shown, reads, traits, signal } = this.#desk;
    try {
      const names = this.#wanted;
      const { result, buffers } = await reads.askAll<{ names: string[]; revision: number }>("columns", {
        names,
      });
      const local = new LocalRows(await unpack(result.names, buffers), result.revision, () =>
        traits.get("labels"),
      );
      // A change may have come meanwhile: now there are too many rows, or these are older than those on the screen.
      if (signal.aborted || !traits.get("head").local) return;
      const { source } = shown;
      if (source instanceof LocalRows && source.revision > local.revision) return this.#goLocal();
      if (!this.#wanted.every((id) => names.includes(id))) return this.#goLocal(); // others are wanted by now
      await this.#keepingPlace(() => {
        local.showNow(shown.query);
        shown.source = local;
      });
      setTimeout(() => local.warm(), 50);
    } catch (error) {
      this.#desk.complain(error);
    }
  }

  /**
   * Do what changes the rows, then put the same rows under the eyes, and the focus where it was. If the rows were long
   * in coming, the person may have scrolled, or gone elsewhere: then that stands.
   */
  async #keepingPlace(change: () => void | Promise<void>): Promise<void> {
    const { shown, grid } = this.#desk;
    const [top, offset] = grid.top();
    const key = top || offset ? shown.source.row(top)?.key : undefined;
    const active = shown.source.row(grid.activePlace)?.key;
    let focused = grid.hasFocus;
    await change();
    const [topNow, offsetNow] = grid.top();
    focused &&= grid.hasFocus || document.activeElement === document.body;
    this.#desk.paint();
    const place = key && topNow === top && offsetNow === offset ? await shown.source.place(key) : -1;
    if (place >= 0) grid.scrollTo(place, offset);
    const now = active && (focused || grid.activePlace) ? await shown.source.place(active) : -1;
    if (now >= 0 && now !== grid.activePlace) grid.makeActive(now, focused);
    else if (focused && !grid.hasFocus) this.#desk.toRows(); // its row is gone
  }
}
