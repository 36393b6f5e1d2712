// The rows of jobs: each has its own elements, which are kept and changed only where the job changed.
import { button, count, h } from "../kit";
import { firstButton, hasFocus } from "./focus";
import { type JobEvents, JobView } from "./job";
import { type JobRow, nameOf } from "./rows";

const AT_ONCE = 100; // rows in the page; the others come on request

export class JobList {
  readonly #list = h("div", { role: "list", "aria-label": "Installs" });
  readonly #rest = button("", () => this.#showMore(), { kind: "quiet small" });
  readonly element = h("div", { class: "ivk-joblist", tabindex: -1 }, this.#list, this.#rest);
  readonly #views = new Map<string, JobView>();
  #rows: JobRow[] = [];
  #limit = AT_ONCE;

  constructor(private readonly events: JobEvents) {}

  paint(rows: JobRow[]): void {
    this.#keepingFocus(() => this.#paint(rows));
  }

  /** The list itself has the focus where no button of it is left. */
  focus(): void {
    this.element.focus({ preventScroll: true });
  }

  view(row: Pick<JobRow, "id" | "source">): JobView | undefined {
    return this.#views.get(nameOf(row));
  }

  repaintActs(): void {
    this.#keepingFocus(() => {
      for (const view of this.#views.values()) view.repaintActs();
    });
  }

  /** Do what may take away the button that has the focus: its neighbour gets it then. */
  #keepingFocus(work: () => void): void {
    const place = [...this.#list.children].findIndex(hasFocus);
    const row = this.#list.children[place];
    work();
    if (!row || hasFocus(this.#list)) return;
    const rows = [...this.#list.children];
    const from = row.isConnected ? rows.indexOf(row) : place;
    const nearest = [...rows.slice(from), ...rows.slice(0, from).reverse()];
    const next = nearest.map(firstButton).find((found) => found !== null);
    if (next) next.focus();
    else this.focus();
  }

  #paint(rows: JobRow[]): void {
    this.#rows = rows;
    const shown = rows.slice(0, this.#limit);
    const wanted = new Set(shown.map(nameOf));
    for (const [name, view] of this.#views) {
      if (wanted.has(name)) continue;
      view.element.remove();
      this.#views.delete(name);
    }
    let place = this.#list.firstElementChild;
    for (const row of shown) {
      const view = this.#viewOf(row);
      view.paint(row);
      if (view.element === place) place = place.nextElementSibling;
      else this.#list.insertBefore(view.element, place);
    }
    const left = rows.length - shown.length;
    this.#rest.hidden = left <= 0;
    if (left > 0) this.#rest.textContent = `Show ${count(Math.min(left, AT_ONCE), "more install")}`;
  }

  #viewOf(row: JobRow): JobView {
    let view = this.view(row);
    if (!view) {
      view = new JobView(this.events);
      this.#views.set(nameOf(row), view);
    }
    return view;
  }

  #showMore(): void {
    this.#limit += AT_ONCE;
    this.paint(this.#rows);
    if (this.#rest.hidden) this.focus();
  }
}
