// A list of things that can be installed: what a scan found, what InvokeAI suggests. Their states change while
// the list is open; search, filters, ticks and scroll stay.
import { button, count, fill, h, iconButton, number, setAttribute, setText } from "../kit";
import * as icons from "../kit/icons";
import type { Desk } from "./desk";
import { type Facet, Filters } from "./filters";
import { PickList, type RowFace } from "./list";
import { Orders } from "./orders";
import { type State, Stock } from "./stock";

/** What differs between lists of offers. */
export interface OffersFace<T> {
  label: string;
  /** What is searched in a row. */
  text(row: T): string;
  name(row: T): string;
  facets: Facet<T>[];
  /** The cells of a row but for the last one, which says its state. */
  make(): RowFace<T>;
  /** How much installing these would fetch, in words; "" if nobody knows. */
  amount?(keys: string[]): string;
  /** Controls of the foot, before the button. */
  controls?: HTMLElement[];
  /** The button's words for so many. */
  verb(): string;
  /** Whether all that are in view may be installed at once without ticking them. */
  all(): boolean;
  /** Whether `confirm` asks about these. */
  asks(keys: string[]): boolean;
  /** Ask the person where that is due; the arguments of the intent, or null for no. */
  confirm(keys: string[]): Promise<object | null>;
  /** What stands where there are no rows at all. */
  empty(): string;
}

const STATE_NAMES: Record<string, string> = {
  new: "Not installed",
  installed: "Installed",
  working: "Being installed",
  failed: "Failed",
};

export class Offers<T extends { key: string }> {
  readonly element: HTMLElement;
  readonly filters: Filters<T>;
  readonly #list: PickList<T>;
  readonly #blank = h("div", { class: "ivk-none" });
  readonly #said = h("span", { class: "ivk-said" });
  readonly #drop = iconButton(icons.X, "Untick all", () => this.#list.tick([]), { kind: "quiet small" });
  readonly #go = button("Install", () => void this.#install(this.#wanted(), this.#go));
  readonly #foot: HTMLElement;
  readonly #stock: Stock<T>;
  readonly #desk: Desk;
  readonly #face: OffersFace<T>;
  readonly #orders: Orders<T>;
  #shown: T[] = [];

  constructor(desk: Desk, face: OffersFace<T>) {
    this.#desk = desk;
    this.#stock = new Stock(desk);
    this.#orders = new Orders(desk, this.#stock);
    this.#face = face;
    this.filters = new Filters<T>(
      `Search ${face.label.toLowerCase()}`,
      [...face.facets, this.#stateFacet()],
      face.text,
      () => this.rows,
      () => this.#show(false),
    );
    this.#list = new PickList<T>(
      {
        label: face.label,
        make: () => this.#makeRow(),
        spoken: (row) => `${face.name(row)}, ${this.#words(row)}`,
        canTick: (row) => this.#stock.isOpen(row.key),
        act: (row) => this.#stock.isOpen(row.key) && void this.#install([row.key]),
        ticked: () => this.#paintFoot(),
      },
      desk.signal,
    );
    this.#foot = h(
      "div",
      { class: "ivk-foot" },
      this.#said,
      this.#drop,
      h("span", { class: "ivk-spacer" }),
      ...(face.controls ?? []),
      this.#go,
    );
    this.element = h(
      "div",
      { class: "ivk-offers" },
      this.filters.element,
      this.#list.element,
      this.#blank,
      this.#foot,
    );
  }

  get rows(): T[] {
    return this.#stock.rows;
  }

  state(key: string): State {
    return this.#stock.state(key);
  }

  /** Those of the keys that are not installed, nor being installed. */
  open(keys: string[]): string[] {
    return keys.filter((key) => this.#stock.isOpen(key));
  }

  /** Words and buttons depend on something that changed elsewhere. */
  paint(): void {
    this.#list.paint();
    this.#paintFoot();
  }

  /** Install these, after asking where that is due. */
  async install(keys: string[], control?: HTMLButtonElement): Promise<void> {
    await this.#install(this.open(keys), control);
  }

  #words(row: T): string {
    const [kind, text] = this.state(row.key);
    return kind === "new" ? "not installed" : kind === "failed" ? `failed: ${text}` : text;
  }

  #stateFacet(): Facet<T> {
    return {
      id: "state",
      label: "State",
      of: (row) => [this.state(row.key)[0]],
      name: (word) => STATE_NAMES[word] ?? word,
    };
  }

  /** Show what Python says, from now on. */
  start(): void {
    this.#stock.start({ rows: () => this.#rowsCame(), states: () => this.#statesChanged() });
    this.#desk.watch(["loading", "loaded", "read_only"], () => this.#show(true));
  }

  /** Once all rows are here, ticks of others are over: they were of another folder. */
  #rowsCame(): void {
    if (this.rows.length >= this.#stock.total) {
      const here = new Set(this.rows.map(({ key }) => key));
      this.#list.tick([...this.#list.ticked].filter((key) => here.has(key)));
    }
    this.#show(true);
  }

  #statesChanged(): void {
    const { ticked } = this.#list;
    const kept = [...ticked].filter((key) => this.#stock.isOpen(key) || this.#orders.has(key));
    if (kept.length < ticked.size) this.#list.tick(kept);
    if (this.filters.uses("state")) this.#show(true);
    else this.paint();
  }

  // -- painting -----------------------------------------------------------------------------------------------

  #show(keepPlace: boolean): void {
    this.#shown = this.filters.apply(this.rows);
    this.#list.show(this.#shown, Math.max(this.#stock.total, this.rows.length), keepPlace);
    this.#paintFoot();
    this.#paintBlank();
    if (!keepPlace && this.filters.isOn)
      this.#desk.announce(`${number(this.#shown.length)} of ${number(this.rows.length)}`);
  }

  #makeRow(): RowFace<T> {
    const face = this.#face.make();
    const said = h("span");
    const run = button("Install", () => row && void this.#install([row.key]), {
      kind: "small",
      tabindex: "-1",
    });
    const cell = h("div", { class: "ivk-do" }, said, run);
    let row: T | undefined;
    return {
      cells: [...face.cells, cell],
      paint: (next) => {
        row = next;
        const [kind, text] = this.state(next.key);
        face.paint(next);
        cell.className = `ivk-do ${kind}`;
        setText(said, kind === "failed" ? "Failed" : text);
        setAttribute(cell, "title", kind === "failed" ? text : null);
        run.hidden = !this.#stock.isOpen(next.key) || this.#desk.readOnly;
        setText(run, kind === "failed" ? "Again" : "Install");
        setAttribute(run, "aria-label", `Install ${this.#face.name(next)}`);
        setAttribute(run, "aria-busy", this.#orders.has(next.key) ? "true" : null);
      },
    };
  }

  /** What the button would install: what is ticked, else (where that makes sense) all in view. */
  #wanted(): string[] {
    const { ticked } = this.#list;
    if (ticked.size) return [...ticked];
    return this.#face.all() ? this.open(this.#shown.map((row) => row.key)) : [];
  }

  #paintFoot(): void {
    const ticked = this.#list.ticked.size;
    const wanted = this.#wanted();
    const all = this.filters.isOn ? `all ${number(wanted.length)} in view` : `all ${number(wanted.length)}`;
    const amount = wanted.length ? (this.#face.amount?.(wanted) ?? "") : "";
    setText(
      this.#said,
      ticked ? [`${number(ticked)} ticked`, amount].filter(Boolean).join(" · ") : this.#sum(),
    );
    this.#drop.hidden = !ticked;
    const some = ticked ? number(ticked) : all;
    setText(
      this.#go,
      wanted.length ? `${this.#face.verb()} ${some}${this.#face.asks(wanted) ? "…" : ""}` : "Install",
    );
    const off = !wanted.length || this.#desk.readOnly;
    if (off && document.activeElement === this.#go) this.#list.focus();
    this.#go.disabled = off;
    this.#foot.hidden = !this.rows.length;
    this.#go.classList.toggle("primary", ticked > 0);
    setAttribute(this.#go, "title", this.#desk.readOnly ? "Read-only" : ticked ? null : amount);
  }

  #sum(): string {
    if (!this.rows.length) return "";
    const kinds = { new: 0, installed: 0, working: 0, failed: 0 };
    for (const { key } of this.rows) kinds[this.state(key)[0]] += 1;
    const parts = [
      count(this.rows.length, "model"),
      `${number(kinds.new)} not installed`,
      kinds.working && `${number(kinds.working)} being installed`,
      kinds.failed && `${number(kinds.failed)} failed`,
    ];
    return parts.filter(Boolean).join(" · ");
  }

  #paintBlank(): void {
    const loading = this.#desk.get<boolean>("loading") && !this.rows.length;
    const none = !this.#shown.length;
    this.#blank.hidden = !none;
    this.#blank.classList.toggle("ivk-waiting", loading);
    if (!none) return;
    if (loading) fill(this.#blank, h("i"), h("i"), h("i"));
    else if (!this.rows.length) fill(this.#blank, this.#face.empty());
    else
      fill(
        this.#blank,
        "No model matches.",
        button("Clear filters", () => this.filters.clear()),
      );
  }

  // -- installing ---------------------------------------------------------------------------------------------

  /** Install those that are not asked for already; `control` rests meanwhile. */
  async #install(wanted: string[], control?: HTMLButtonElement): Promise<void> {
    const keys = wanted.filter((key) => !this.#orders.has(key));
    if (!keys.length || this.#desk.readOnly) return;
    const args = await this.#face.confirm(keys);
    if (!args) return;
    const ordered = this.#orders.place(keys, args, control);
    this.paint();
    const started = await ordered;
    this.#list.tick([...this.#list.ticked].filter((key) => !started.has(key)));
    this.#statesChanged();
  }
}
