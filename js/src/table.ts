// The model table: puts its parts together and keeps them in step with Python.
import {
  ago,
  announcer,
  button,
  confirm,
  count,
  h,
  Intents,
  type Model,
  Notices,
  Refused,
  setAttribute,
  Unanswered,
  watch,
  widget,
} from "./kit";
import {
  base64,
  confirmDelete,
  copyText,
  type DeletePlan,
  download,
  type Outcome,
  summary,
} from "./table/actions";
import { Layout, type Painting } from "./table/columns";
import { Covers } from "./table/covers";
import { type Details, DetailsPane } from "./table/details";
import { type Action, Foot } from "./table/foot";
import { Grid, type Shown } from "./table/grid";
import { LocalRows } from "./table/local";
import { unpack } from "./table/packed";
import { RemoteRows, type Window } from "./table/remote";
import { type Change, isFiltered, type Labels, type Query, type Row, sameQuery, termsOf } from "./table/rows";
import { Tools } from "./table/tools";

/** The first window and the facts about the whole, in the initial state. */
interface Head extends Window {
  total: number;
  largest: number;
  /** Few enough to have all rows in the browser. */
  local: boolean;
}

interface Status {
  loaded: boolean;
  loaded_at: number;
  link: string;
  since: number;
  base_url: string;
}

interface Problem {
  message: string;
  advice: string | null;
}

const PATIENCE = 8000; // ms until a question to Python counts as unanswered
const TELL = 250; // ms of quiet before Python hears of a new view

class TableView {
  readonly #intents: Intents;
  readonly #layout: Layout;
  readonly #shown: Shown;
  readonly #painting: Painting;
  readonly #grid: Grid;
  readonly #tools: Tools;
  readonly #foot: Foot;
  readonly #details: DetailsPane;
  readonly #notices = new Notices();
  readonly #covers: Covers;
  readonly #blank = h("div", { class: "ivk-blank" });
  readonly #announce: (text: string) => void;
  #anchor = 0;
  #telling = 0;
  #serial = 0;

  readonly #root: HTMLElement;
  readonly #model: Model;
  readonly #signal: AbortSignal;

  constructor(root: HTMLElement, model: Model, signal: AbortSignal) {
    this.#root = root;
    this.#model = model;
    this.#signal = signal;
    this.#intents = new Intents(model, signal);
    this.#announce = announcer(root);
    this.#layout = new Layout(this.#get("columns"), this.#get("offered"), this.#get("own_columns"));
    const query = this.#get<Query>("query");
    this.#painting = {
      terms: termsOf(query.text),
      labels: this.#labels,
      largest: this.#head.largest,
      busy: {},
      failed: new Map(),
    };
    this.#shown = {
      source: this.#remote(query),
      query,
      selected: new Set(this.#get<string[]>("selected")),
      current: null,
      painting: this.#painting,
    };
    this.#tools = new Tools(query, () => this.#labels, this.#layout, {
      changed: (next) => void this.#show(next),
      clear: () => this.#clearFilters(),
      facets: () => this.#shown.source.facets(),
      columns: () => void this.#columnsChanged(),
      refresh: () => this.#refresh(),
    });
    this.#grid = new Grid(
      this.#shown,
      this.#layout,
      {
        pick: (place, row, how) => void this.#pick(place, row, how),
        pickAll: () => void this.#pickAll(),
        open: (row) => this.#open(row),
        escape: () => this.#escape(),
        remove: () => void this.#remove(),
        sort: (column, add) => this.#sort(column, add),
        laidOut: () => this.#relaid(),
      },
      signal,
    );
    this.#covers = new Covers(this.#intents, () => this.#grid.paint(), signal);
    this.#grid.thumbs = this.#covers.urls;
    this.#foot = new Foot(this.#actions(), () => this.#select([]));
    this.#details = new DetailsPane(
      () => this.#labels,
      {
        ask: (key) => this.#intents.ask<Details>("details", { key }, PATIENCE),
        cover: (key) => this.#covers.one(key),
        save: (key, changes) => this.#save(key, changes),
        setCover: (key) => this.#pickCover(key),
        goTo: (key) => void this.#goTo(key),
        closed: () => this.#grid.moveTo(this.#anchor),
        copy: (text) => this.#copy(text),
      },
      () => this.#readOnly,
    );
    root.append(
      this.#tools.element,
      this.#notices.element,
      h(
        "div",
        { class: "ivk-body" },
        h("div", { class: "ivk-main" }, this.#grid.element, this.#blank),
        this.#details.element,
      ),
      this.#foot.element,
    );
    this.#listen();
    this.#start();
  }

  // -- what Python says -----------------------------------------------------------------------------------

  #get<T>(name: string): T {
    return this.#model.get(name) as T;
  }

  get #head(): Head {
    return this.#get("head");
  }

  get #labels(): Labels {
    return this.#get("labels");
  }

  get #readOnly(): boolean {
    return this.#get("read_only");
  }

  #listen(): void {
    const model = this.#model;
    const signal = this.#signal;
    watch(model, ["labels"], signal, () => {
      this.#painting.labels = this.#labels;
    });
    watch(model, ["busy"], signal, () => {
      this.#painting.busy = this.#get("busy");
      this.#paint();
    });
    watch(model, ["selected"], signal, () => this.#hearSelected());
    watch(model, ["status", "read_only", "problem"], signal, () => this.#showStatus());
    watch(model, ["height"], signal, () =>
      this.#grid.element.style.setProperty("--height", `${this.#get("height")}px`),
    );
    const heard = () => this.#hearQuery();
    const message = (content: { kind?: string; change?: Change }) => {
      if (content?.kind === "rows") void this.#hearChange(content.change!);
    };
    model.on("change:query", heard);
    model.on("msg:custom", message);
    const clock = setInterval(() => this.#paintFoot(), 5000);
    signal.addEventListener("abort", () => {
      model.off("change:query", heard);
      model.off("msg:custom", message);
      clearInterval(clock);
      clearTimeout(this.#telling);
    });
  }

  /** After the first picture, which needs no answer from Python: have all rows brought, if they are not too many. */
  #start(): void {
    setTimeout(() => {
      if (!this.#signal.aborted && this.#head.local) void this.#goLocal();
    }, 60);
  }

  #remote(query: Query): RemoteRows {
    return new RemoteRows(
      this.#head,
      query,
      this.#intents,
      () => this.#layout.shown,
      () => this.#grid.paint(),
    );
  }

  async #goLocal(): Promise<void> {
    try {
      const { result, buffers } = await this.#intents.askAll<{ names: string[]; revision: number }>(
        "columns",
        { names: this.#layout.shown },
        PATIENCE,
      );
      const local = new LocalRows(await unpack(result.names, buffers), result.revision, this.#labels);
      if (this.#signal.aborted) return;
      await this.#keepingPlace(() => {
        local.showNow(this.#shown.query);
        this.#shown.source = local;
      });
      this.#notices.set("unanswered", null);
      setTimeout(() => local.warm(), 50);
    } catch (error) {
      this.#complain(error);
    }
  }

  async #hearChange(change: Change): Promise<void> {
    const { source } = this.#shown;
    this.#painting.largest = this.#head.largest;
    if (source instanceof LocalRows) {
      if (!this.#head.local) this.#shown.source = this.#remote(this.#shown.query);
      else if (!source.apply(change)) return this.#goLocal();
    } else if (this.#head.local) return this.#goLocal();
    await this.#keepingPlace(() => this.#shown.source.show(this.#shown.query));
    if (this.#details.key) {
      const row = this.#shown.source.find(this.#details.key);
      if (row || change.gone.includes(this.#details.key)) this.#details.refresh(row);
    }
  }

  /** Do what changes the rows, then put the same rows under the eyes, and the focus where it was. */
  async #keepingPlace(change: () => void | Promise<void>): Promise<void> {
    const [top, offset] = this.#grid.top();
    const key = top || offset ? this.#shown.source.row(top)?.key : undefined;
    const focused = this.#grid.hasFocus ? this.#shown.source.row(this.#grid.activePlace)?.key : undefined;
    await change();
    this.#paint();
    const place = key ? await this.#shown.source.place(key) : -1;
    if (place >= 0) this.#grid.scrollTo(place, offset);
    const active = focused ? await this.#shown.source.place(focused) : -1;
    if (active >= 0 && active !== this.#grid.activePlace) this.#grid.moveTo(active);
  }

  #hearQuery(): void {
    const said = this.#get<Query & { origin?: string }>("query");
    if (said.origin === this.#origin) return; // our own, come back
    const { text, facets, sort } = said;
    void this.#show({ text, facets, sort }, false);
  }

  readonly #origin = Math.random().toString(36).slice(2);

  #hearSelected(): void {
    const keys = this.#get<string[]>("selected");
    this.#shown.selected = new Set(keys);
    this.#paint();
  }

  // -- the view -------------------------------------------------------------------------------------------

  async #show(query: Query, tell = true): Promise<void> {
    if (sameQuery(query, this.#shown.query)) return;
    this.#shown.query = query;
    this.#tools.show(query);
    this.#serial += 1;
    const serial = this.#serial;
    try {
      await this.#shown.source.show(query);
    } catch (error) {
      return this.#complain(error);
    }
    if (serial !== this.#serial) return;
    this.#painting.terms = termsOf(query.text);
    this.#grid.scrollTo(0);
    this.#paint();
    if (isFiltered(query)) this.#announce(`${this.#shown.source.count} of ${count(this.#total, "model")}`);
    if (tell) this.#tell();
  }

  #tell(): void {
    clearTimeout(this.#telling);
    this.#telling = window.setTimeout(() => {
      void this.#intents.ask("query", { query: this.#shown.query, origin: this.#origin }).catch(() => {});
    }, TELL);
  }

  #clearFilters(): void {
    void this.#show({ text: "", facets: {}, sort: this.#shown.query.sort });
    this.#tools.focus();
  }

  #sort(column: string, add: boolean): void {
    const { sort } = this.#shown.query;
    const now = sort.find(([name]) => name === column)?.[1];
    const next = now === "asc" ? "desc" : now === "desc" ? "asc" : column === "size" ? "desc" : "asc";
    const rest = add ? sort.filter(([name]) => name !== column) : [];
    const at = add && now ? sort.findIndex(([name]) => name === column) : rest.length;
    rest.splice(at, 0, [column, next]);
    void this.#show({ ...this.#shown.query, sort: rest });
  }

  async #columnsChanged(): Promise<void> {
    const { source } = this.#shown;
    this.#grid.relayout();
    if (source instanceof LocalRows && !this.#layout.shown.every((id) => source.has(id)))
      await this.#goLocal();
    else if (source instanceof RemoteRows) {
      await source.show(this.#shown.query);
      this.#paint();
    }
  }

  get #total(): number {
    const { source } = this.#shown;
    return source instanceof LocalRows ? source.total : this.#head.total;
  }

  #paint(): void {
    this.#grid.paint();
    this.#paintFoot();
    this.#paintBlank();
    this.#relaid();
  }

  /** The covers of the rows that have come onto the screen. */
  #relaid(): void {
    this.#covers?.later(() => this.#grid.wantedThumbs());
  }

  #paintFoot(): void {
    const { source, selected } = this.#shown;
    const status = this.#get<Status>("status");
    let selectedBytes: number | null = 0;
    for (const key of selected) {
      const row = source.find(key);
      selectedBytes = row && selectedBytes !== null ? selectedBytes + (row.size ?? 0) : null;
    }
    const words: Record<string, string> = {
      connecting: "connecting…",
      down: "not connected",
      still: "",
      idle: "resting",
    };
    const updated = status.loaded ? `updated ${ago(Date.now() / 1000 - status.loaded_at)}` : "";
    this.#foot.paint({
      inView: source.count,
      total: this.#total,
      viewBytes: source.bytes,
      selected: selected.size,
      selectedBytes,
      link: status.link,
      fresh: words[status.link] ?? updated,
      readOnly: this.#readOnly,
    });
  }

  /** What stands in the place of rows when there are none. */
  #paintBlank(): void {
    const { loaded, link } = this.#get<Status>("status");
    const { source, query } = this.#shown;
    const children: Node[] = [];
    let kind = "";
    if (!loaded && link !== "down" && !this.#get("problem")) {
      kind = "ivk-loading";
      for (let i = 0; i < 6; i++) children.push(h("i"));
    } else if (loaded && source.count === 0) {
      const filtered = isFiltered(query);
      children.push(
        h("div", null, filtered ? "No model matches." : "No models yet. Add one, or scan a folder."),
      );
      if (filtered) children.push(button("Clear filters", () => this.#clearFilters()));
    }
    this.#blank.hidden = children.length === 0;
    const stamp = `${kind}${children.length}${children[0]?.textContent}`;
    if (this.#blank.dataset.stamp === stamp) return;
    this.#blank.dataset.stamp = stamp;
    this.#blank.className = `ivk-blank ${kind}`;
    this.#blank.replaceChildren(...children);
  }

  #showStatus(): void {
    const problem = this.#get<Problem | null>("problem");
    const { link, since } = this.#get<Status>("status");
    const again = button("Try again", () => void this.#refresh(), { kind: "small" });
    const down =
      link === "down" && since ? ` Trying again since ${new Date(since * 1000).toLocaleTimeString()}.` : "";
    this.#notices.set(
      "problem",
      problem && {
        kind: "err",
        text: [h("b", null, problem.message), ` ${problem.advice ?? ""}${down}`],
        buttons: [again],
        dismissed: () => void this.#intents.ask("dismiss").catch(() => {}),
      },
    );
    setAttribute(this.#root, "aria-busy", link === "connecting" ? "true" : null);
    this.#paintFoot();
    this.#paintBlank();
  }

  #complain(error: unknown): void {
    if (this.#signal.aborted) return;
    const { message, advice } = error as Unanswered;
    const few = this.#shown.source instanceof RemoteRows && this.#head.count > this.#head.columns.key!.length;
    const part =
      error instanceof Unanswered && few ? " Only the rows that are already here can be shown." : "";
    this.#notices.set(error instanceof Unanswered ? "unanswered" : "refused", {
      kind: error instanceof Unanswered ? "" : "err",
      text: [h("b", null, message), ` ${advice ?? ""}${part}`],
      dismissed: () => {},
    });
  }

  // -- selection ------------------------------------------------------------------------------------------

  async #pick(place: number, row: Row, how: "only" | "toggle" | "range"): Promise<void> {
    const { selected, source } = this.#shown;
    this.#shown.current = row.key;
    if (how === "range") {
      const [start, end] = [Math.min(this.#anchor, place), Math.max(this.#anchor, place) + 1];
      this.#select(await source.keys(start, end));
    } else {
      this.#anchor = place;
      const keys = new Set(how === "toggle" ? selected : []);
      if (selected.has(row.key) && how === "toggle") keys.delete(row.key);
      else keys.add(row.key);
      this.#select([...keys]);
    }
    if (this.#details.isOpen) this.#details.open(row);
  }

  async #pickAll(): Promise<void> {
    const { source, selected } = this.#shown;
    if (selected.size && selected.size >= source.count) return this.#select([]);
    try {
      this.#select(await source.keys(0, source.count));
    } catch (error) {
      this.#complain(error);
    }
  }

  #select(keys: string[]): void {
    this.#shown.selected = new Set(keys);
    this.#model.set("selected", keys);
    this.#model.save_changes();
    this.#paint();
    this.#announce(keys.length ? `${keys.length} selected` : "Nothing selected");
  }

  #escape(): void {
    if (this.#details.isOpen) this.#details.close();
    else this.#select([]);
    this.#shown.current = null;
    this.#paint();
  }

  #open(row: Row): void {
    this.#shown.current = row.key;
    this.#details.open(row);
    this.#grid.paint();
  }

  /** To a model that is named elsewhere, if the filters leave it. */
  async #goTo(key: string): Promise<void> {
    const place = await this.#shown.source.place(key);
    if (place < 0) return this.#announce("The filters hide this model.");
    this.#grid.moveTo(place);
    const row = this.#shown.source.row(place);
    if (row) {
      await this.#pick(place, row, "only");
      this.#open(row);
    }
  }

  // -- actions --------------------------------------------------------------------------------------------

  #actions(): Action[] {
    const keys = () => [...this.#shown.selected];
    return [
      { id: "edit", label: "Edit…", single: true, changes: true, go: () => void this.#edit(keys()[0]!) },
      {
        id: "reidentify",
        label: "Reidentify…",
        changes: true,
        direct: true,
        go: () => void this.#reidentify(keys()),
      },
      {
        id: "convert",
        label: "Convert to diffusers…",
        changes: true,
        direct: true,
        go: () => void this.#convert(keys()),
      },
      {
        id: "cover",
        label: "Set cover…",
        single: true,
        changes: true,
        go: () => this.#pickCover(keys()[0]!),
      },
      { id: "copy", label: "Copy keys", go: () => this.#copy(keys().join("\n")) },
      { id: "csv", label: "Export as CSV", go: () => void this.#exportAs("csv") },
      { id: "json", label: "Export as JSON", go: () => void this.#exportAs("json") },
      {
        id: "delete",
        label: "Delete…",
        icon: "trash",
        changes: true,
        direct: true,
        danger: true,
        go: () => void this.#remove(),
      },
    ];
  }

  async #remove(): Promise<void> {
    const keys = [...this.#shown.selected];
    if (!keys.length || this.#readOnly) return;
    try {
      const plan = await this.#intents.ask<DeletePlan>("plan_delete", { keys }, PATIENCE);
      if (await confirmDelete(this.#root, plan)) await this.#run("delete", "deleted", keys);
    } catch (error) {
      this.#complain(error);
    }
  }

  async #reidentify(keys: string[]): Promise<void> {
    const words = "InvokeAI looks at the files again. Default settings fall back to what it finds.";
    const yes = `Reidentify ${count(keys.length, "model")}`;
    if (await confirm(this.#root, { title: `${yes}?`, body: [h("p", null, words)], yes })) {
      await this.#run("reidentify", "identified again", keys);
    }
  }

  async #convert(keys: string[]): Promise<void> {
    const words =
      "Each checkpoint becomes a folder of diffusers files under a new key. The old file is deleted, unless it is used in place. Only main models of SD 1, SD 2 and SDXL can be converted.";
    const yes = `Convert ${count(keys.length, "model")}`;
    if (await confirm(this.#root, { title: `${yes}?`, body: [h("p", null, words)], yes, danger: true })) {
      await this.#run("convert", "converted", keys);
    }
  }

  async #run(verb: string, done: string, keys: string[], more: object = {}): Promise<void> {
    for (const key of keys) this.#painting.failed.delete(key);
    try {
      this.#report(done, await this.#intents.ask<Outcome[]>(verb, { keys, ...more }));
    } catch (error) {
      this.#complain(error);
    }
  }

  /** One outcome for each model: what failed is named with its reason, and marked in its row. */
  #report(done: string, outcomes: Outcome[]): void {
    const failed = outcomes.filter((outcome) => !outcome.ok);
    const said = summary(done, outcomes);
    for (const { key, message } of failed) this.#painting.failed.set(key, message);
    const reasons = failed.map(({ name, message, advice }) =>
      h("div", null, h("b", null, name), `: ${message} ${advice ?? ""}`),
    );
    this.#notices.set("outcome", {
      kind: failed.length ? "err" : "info",
      text: [said, ...reasons],
      dismissed: () => {
        this.#painting.failed.clear();
        this.#paint();
      },
    });
    this.#announce(said);
    this.#paint();
  }

  async #edit(key: string): Promise<void> {
    const row = this.#shown.source.find(key);
    if (!row) return;
    this.#open(row);
    await this.#details.ready;
    this.#details.edit(true);
  }

  async #save(key: string, changes: object): Promise<void> {
    const said = await this.#intents.ask<{ ok: boolean; message: string; advice: string }>("update", {
      key,
      changes,
    });
    if (!said.ok) throw new Refused(said.message, said.advice);
    this.#announce(said.message);
  }

  #pickCover(key: string): void {
    const input = h("input", { type: "file", accept: "image/*" });
    input.addEventListener("change", async () => {
      const file = input.files?.[0];
      if (!file) return;
      await this.#run("set_cover", "given a cover", [key], { image: await base64(file) });
      this.#covers.forget(key);
      this.#paint();
    });
    input.click();
  }

  async #exportAs(format: "csv" | "json"): Promise<void> {
    try {
      const text = await this.#intents.ask<string>(
        "export",
        { keys: [...this.#shown.selected], format },
        PATIENCE,
      );
      download(`models.${format}`, format === "csv" ? "text/csv" : "application/json", text);
    } catch (error) {
      this.#complain(error);
    }
  }

  #copy(text: string): void {
    void copyText(text, this.#root).then(() => this.#announce("Copied"));
  }

  async #refresh(): Promise<void> {
    try {
      await this.#intents.ask("refresh");
      this.#announce("Updated");
    } catch (error) {
      this.#complain(error);
    }
  }
}

export default widget("table", (root, model, signal) => {
  new TableView(root, model, signal);
});
