// The model table: puts its parts together and keeps them in step with Python.
import { announcer, div, every, hear, Intents, type Model, Notices, watch, widget } from "./kit";
import { Layout, type Painting } from "./table/columns";
import { Covers } from "./table/covers";
import { type Desk, PATIENCE } from "./table/desk";
import { type Details, DetailsPane } from "./table/details";
import { Following } from "./table/following";
import { Foot } from "./table/foot";
import { Grid, type Shown } from "./table/grid";
import { Reads } from "./table/reads";
import { type Change, type Row, termsOf } from "./table/rows";
import { Selecting } from "./table/selecting";
import { saveLittle } from "./table/still";
import { Tools } from "./table/tools";
import { Traits } from "./table/traits";
import { VerbsOn } from "./table/verbs";
import { Viewing } from "./table/viewing";
import { Blank, footState, sayError, sayProblem } from "./table/words";

const CLOCK = 5000; // ms between two looks at how old the rows are

class TableView implements Desk {
  readonly root: HTMLElement;
  readonly signal: AbortSignal;
  readonly traits: Traits;
  readonly intents: Intents;
  readonly reads: Reads;
  readonly shown: Shown;
  readonly notices = new Notices();
  readonly announce: (text: string) => void;

  readonly #model: Model;
  readonly layout: Layout;
  readonly grid: Grid;
  readonly tools: Tools;
  readonly #foot: Foot;
  readonly details: DetailsPane;
  readonly #covers: Covers;
  readonly #blank = new Blank();
  readonly #following: Following;
  readonly #viewing: Viewing;
  readonly #selecting: Selecting;
  readonly #verbs: VerbsOn;

  constructor(root: HTMLElement, model: Model, signal: AbortSignal) {
    this.root = root;
    this.signal = signal;
    this.#model = model;
    this.traits = new Traits(model);
    this.intents = new Intents(model, signal);
    this.reads = new Reads(this);
    this.announce = announcer(root);
    this.layout = new Layout(
      this.traits.get("columns"),
      this.traits.get("offered"),
      this.traits.get("own_columns"),
    );
    this.#following = new Following(this);
    this.#viewing = new Viewing(this);
    this.#selecting = new Selecting(this);
    this.#verbs = new VerbsOn(this, {
      edit: (key) => this.#edit(key).catch((error) => this.complain(error)),
      coverChanged: (key) => {
        this.#covers.forget(key);
        this.paint();
      },
    });
    this.shown = this.#firstShown();
    this.tools = this.#makeTools();
    this.grid = this.#makeGrid();
    this.#covers = new Covers(this.intents, () => this.grid.paint(), signal);
    this.grid.thumbs = this.#covers.urls;
    this.#foot = new Foot(
      this.#verbs.actions(),
      () => this.#selecting.select([]),
      () => this.toRows(),
    );
    this.details = this.#makeDetails();
    const main = div("ivk-main", this.grid.element, this.#blank.element);
    root.append(
      this.tools.element,
      this.notices.element,
      div("ivk-body", main, this.details.element),
      this.#foot.element,
    );
    this.#listen();
    this.#following.start();
  }

  // -- the parts ------------------------------------------------------------------------------------------

  #firstShown(): Shown {
    const { text, facets, sort } = this.traits.get("query");
    const query = { text, facets, sort };
    const painting: Painting = {
      terms: termsOf(text),
      labels: this.traits.get("labels"),
      largest: this.traits.get("head").largest,
      busy: {},
      failed: new Map(),
    };
    const selected = new Set(this.traits.get("selected"));
    return { source: this.#following.remote(query), query, selected, current: null, painting };
  }

  #makeTools(): Tools {
    return new Tools(this.shown.query, () => this.traits.get("labels"), this.layout, {
      changed: (next) => void this.#viewing.show(next),
      clear: () => this.#viewing.clear(),
      facets: () => this.shown.source.facets(),
      columns: () => {
        this.grid.relayout();
        void this.#following.showColumns();
      },
      refresh: () => this.#refresh(),
    });
  }

  #makeGrid(): Grid {
    return new Grid(
      this.shown,
      this.layout,
      {
        pick: (row, how, place, from) => {
          void this.#selecting.pick(row, how, place, from);
          if (row && this.details.isOpen && !this.details.isEditing) this.details.open(row);
        },
        pickAll: () => void this.#selecting.pickAll(),
        open: (row) => this.#open(row),
        escape: () => this.#escape(),
        remove: () => void this.#verbs.ask("delete"),
        sort: (column, add) => this.#viewing.sort(column, add),
        placed: () => this.#wantCovers(),
      },
      this.signal,
    );
  }

  #makeDetails(): DetailsPane {
    return new DetailsPane(
      () => this.traits.get("labels"),
      {
        ask: (key) => this.intents.ask<Details>("details", { key }, PATIENCE),
        cover: (key) => this.#covers.one(key),
        save: (key, changes) => this.#verbs.save(key, changes),
        setCover: (key) => this.#verbs.pickCover(key),
        goTo: (key) => void this.#goTo(key).catch((error) => this.complain(error)),
        closed: () => this.toRows(),
        copy: (text) => this.#verbs.copy(text),
      },
      () => this.traits.get("read_only"),
    );
  }

  // -- what Python says -----------------------------------------------------------------------------------

  #listen(): void {
    const model = this.#model;
    const { signal, traits } = this;
    watch(model, ["labels"], signal, () => {
      this.shown.painting.labels = traits.get("labels");
    });
    watch(model, ["busy"], signal, () => {
      this.shown.painting.busy = traits.get("busy");
      this.paint();
    });
    watch(model, ["query"], signal, () => {
      this.#viewing.heard();
      void this.#following.sorted();
    });
    watch(model, ["selected"], signal, () => this.#selecting.heard());
    watch(model, ["status", "read_only", "problem"], signal, () => {
      sayProblem(this, () => this.#refresh());
      this.#paintAround();
    });
    watch(model, ["height"], signal, () =>
      this.grid.element.style.setProperty("--height", `${traits.get("height")}px`),
    );
    hear(model, signal, (content: { kind?: string; change?: Change }) => {
      if (content?.kind === "rows")
        void this.#following.heard(content.change!).catch((error) => this.complain(error));
    });
    every(CLOCK, signal, () => this.#foot.paint(footState(this)));
  }

  // -- painting -------------------------------------------------------------------------------------------

  async #refresh(): Promise<void> {
    try {
      await this.reads.ask("refresh", {});
      this.notices.set("refused", null);
      this.announce("Updated");
    } catch (error) {
      this.complain(error);
    }
  }

  settled(): Promise<unknown> {
    return this.#viewing.settled;
  }

  paint(): void {
    this.grid.paint();
    this.#paintAround();
  }

  toRows(): void {
    if (this.shown.source.count) this.grid.makeActive(this.grid.activePlace, true);
    else this.tools.focus();
  }

  #paintAround(): void {
    this.#foot.paint(footState(this));
    this.#blank.paint(this, () => this.#viewing.clear());
  }

  complain(error: unknown): void {
    if (!this.signal.aborted) sayError(this.notices, error, this.shown);
  }

  /** The covers of the rows that have come onto the screen. */
  #wantCovers(): void {
    this.#covers?.later(() => this.grid.wantedThumbs());
  }

  // -- one model ------------------------------------------------------------------------------------------

  #open(row: Row): void {
    this.shown.current = row.key;
    this.details.open(row);
    this.grid.paint();
  }

  async #edit(key: string): Promise<void> {
    const { source } = this.shown;
    if (!source.find(key)) await this.#goTo(key);
    const row = source.find(key);
    if (!row) return;
    this.#open(row);
    await this.details.ready;
    if (this.details.key === key) this.details.edit(true);
  }

  #escape(): void {
    if (this.details.isOpen) this.details.close();
    else this.#selecting.select([]);
    this.shown.current = null;
    this.paint();
  }

  /** To a model that is named elsewhere, if the filters leave it. */
  async #goTo(key: string): Promise<void> {
    const { source } = this.shown;
    const place = await source.place(key);
    if (place < 0) return this.announce("The filters hide this model.");
    if (!source.row(place)) await source.show(this.shown.query, place);
    this.grid.moveTo(place);
    const row = source.row(place);
    if (!row) return;
    await this.#selecting.pick(row, "only", place, place);
    this.#open(row);
  }
}

export default widget(
  "table",
  (root, model, signal) => {
    new TableView(root, model, signal);
  },
  saveLittle,
);
