// The server itself: what it is, its cache over time, what its library has lost and its folder has too much.
import {
  button,
  bytes,
  count,
  every,
  fill,
  h,
  iconButton,
  type Model,
  number,
  setAttribute,
  widget,
} from "./kit";
import * as icons from "./kit/icons";
import { Desk } from "./panel/desk";
import { Missing } from "./server/missing";
import { Orphans } from "./server/orphans";
import { plot } from "./server/plot";

interface CacheStats {
  loaded: number;
  most: number;
  room: number;
  in_cache: number;
  cleared: number;
  hits: number;
  misses: number;
  hit_rate: number | null;
  models: { name: string; kind: string; size: number }[];
}

const TICK = 5000; // ms between two paintings of the plot, whose right end is now

function term([label, text]: [string, string]): HTMLElement {
  return h("div", null, h("dt", null, label), h("dd", null, text));
}

class ServerView {
  readonly #desk: Desk;
  readonly #facts = h("dl", { class: "ivk-facts" });
  readonly #cache = h("div");
  readonly #plot = h("div", { class: "ivk-plot" });
  readonly #empty = button("Empty the cache", () => void this.#emptyCache());

  constructor(root: HTMLElement, model: Model, signal: AbortSignal) {
    this.#desk = new Desk(root, model, signal);
    const again = iconButton(icons.REDO, "Refresh", () => void this.#desk.press(again, "refresh"));
    const missing = new Missing(this.#desk);
    const orphans = new Orphans(this.#desk);
    root.append(
      this.#desk.notices.element,
      this.#section("Server", [again], this.#facts),
      this.#section("Model cache", [this.#empty], this.#plot, this.#cache),
      this.#section("Missing models", [], missing.element),
      this.#section("Orphaned folders", [], orphans.element),
    );
    this.#desk.watch(["facts"], () => this.#paintFacts());
    this.#desk.watch(["stats", "unsaid", "loaded", "read_only"], () => this.#paintCache());
    this.#desk.watch(["history"], () => this.#paintPlot());
    this.#desk.watch(["missing", "unsaid", "loaded", "read_only"], () => missing.paint());
    this.#desk.watch(["orphans", "unsaid", "loaded", "read_only"], () => orphans.paint());
    every(TICK, signal, () => this.#paintPlot());
  }

  #section(title: string, acts: HTMLElement[], ...content: HTMLElement[]): HTMLElement {
    const head = h(
      "div",
      { class: "ivk-part" },
      h("h3", null, title),
      h("span", { class: "ivk-spacer" }),
      ...acts,
    );
    return h("section", { "aria-label": title }, head, ...content);
  }

  #paintFacts(): void {
    const facts = Object.entries(this.#desk.get<Record<string, string>>("facts"));
    const shown = facts.filter(([, text]) => text);
    fill(this.#facts, ...shown.map(term));
  }

  async #emptyCache(): Promise<void> {
    const done = await this.#desk.press<null>(this.#empty, "empty_cache");
    this.#paintCache();
    if (done !== undefined) this.#desk.announce("The cache was emptied. Files stay.");
  }

  #paintCache(): void {
    const stats = this.#desk.get<CacheStats | null>("stats");
    const why = this.#desk.get<Record<string, string>>("unsaid").stats;
    const wait = this.#desk.get("loaded") ? "" : "Asking the server…";
    const nothing =
      why ?? (wait || "Nothing has run since the server was started, so there are no numbers yet.");
    this.#empty.disabled = this.#desk.readOnly || why !== undefined;
    setAttribute(
      this.#empty,
      "title",
      this.#desk.readOnly ? "Read-only" : "Models leave the memory; files stay",
    );
    fill(this.#cache, ...(stats ? this.#numbers(stats) : [h("p", { class: "ivk-muted" }, nothing)]));
  }

  #numbers(stats: CacheStats): HTMLElement[] {
    const rate = stats.hit_rate === null ? "" : ` (${Math.round(stats.hit_rate * 100)} %)`;
    const facts: [string, string][] = [
      ["In it", count(stats.in_cache, "model")],
      ["Loaded", bytes(stats.loaded)],
      ["Most used", `${bytes(stats.most)} of ${bytes(stats.room)}`],
      ["Found in it", `${number(stats.hits)} of ${number(stats.hits + stats.misses)}${rate}`],
      ["Dropped", count(stats.cleared, "model")],
    ];
    const largest = Math.max(1, ...stats.models.map((model) => model.size));
    const rows = stats.models.map(({ name, kind, size }) =>
      h(
        "li",
        null,
        h("span", { class: "ivk-what" }, name),
        h("span", { class: "ivk-muted" }, kind),
        h("span", { class: "ivk-bar" }, h("i", { style: `--w:${(size / largest) * 100}%` })),
        h("span", { class: "ivk-num", title: `${number(size)} bytes` }, bytes(size)),
      ),
    );
    return [
      h("dl", { class: "ivk-facts" }, ...facts.map(term)),
      h("ul", { class: "ivk-loaded", "aria-label": "Models that were loaded" }, ...rows),
    ];
  }

  #paintPlot(): void {
    const history = this.#desk.get<[at: number, loaded: number, most: number][]>("history");
    const room = this.#desk.get<CacheStats | null>("stats")?.room ?? 0;
    this.#plot.hidden = !history.length;
    if (history.length) this.#plot.replaceChildren(...plot(history, room, Date.now() / 1000));
  }
}

export default widget("server", (root, model, signal) => {
  new ServerView(root, model, signal);
});
