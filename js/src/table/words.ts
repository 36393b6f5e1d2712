// What the table says about itself: how fresh it is, what went wrong, what stands where no rows are.
import { ago, button, clock, div, h, type Notices, setAttribute, Unanswered } from "../kit";
import type { Desk } from "./desk";
import type { FootState } from "./foot";
import { RemoteRows } from "./remote";
import { isFiltered } from "./rows";

const FRESH: Record<string, string> = {
  connecting: "connecting…",
  down: "not connected",
  still: "",
  idle: "resting",
};

/** The numbers of the foot. */
export function footState({ traits, shown }: Desk): FootState {
  const { source, selected } = shown;
  const { link, loaded, loaded_at } = traits.get("status");
  return {
    inView: source.count,
    total: source.total,
    viewBytes: source.bytes,
    selected: selected.size,
    selectedBytes: source.bytesOf(selected),
    link,
    fresh: FRESH[link] ?? (loaded ? `updated ${ago(Date.now() / 1000 - loaded_at)}` : ""),
    readOnly: traits.get("read_only"),
  };
}

/** The trouble with the server, with a way to try again. What was asked here and refused, `sayError` has said. */
export function sayProblem({ root, traits, notices }: Desk, refresh: () => Promise<void>): void {
  const problem = traits.get("problem");
  const { link, since } = traits.get("status");
  const down = link === "down" && since ? ` Trying again since ${clock(since)}.` : "";
  const notice = {
    kind: "err",
    text: [h("b", null, problem?.message), ` ${problem?.advice ?? ""}${down}`],
    buttons: [button("Try again", () => void refresh(), { kind: "small" })],
  };
  notices.set("problem", problem && !problem.own ? notice : null);
  setAttribute(root, "aria-busy", link === "connecting" ? "true" : null);
}

/** Why a question was not answered, or a wish refused. */
export function sayError(notices: Notices, error: unknown, { source }: Desk["shown"]): void {
  const { message, advice } = error as Unanswered;
  const unanswered = error instanceof Unanswered;
  const part =
    unanswered && source instanceof RemoteRows && source.hasHoles
      ? " Only the rows that are already here can be shown."
      : "";
  notices.set(unanswered ? "unanswered" : "refused", {
    kind: unanswered ? "" : "err",
    text: [h("b", null, message), ` ${advice ?? ""}${part}`],
    dismissed: () => {},
  });
}

/** What stands in the place of rows when there are none. */
export class Blank {
  readonly element = div("ivk-blank");
  #kind: string | null = null;

  paint({ traits, shown }: Desk, clearFilters: () => void): void {
    const { loaded, link } = traits.get("status");
    const filtered = isFiltered(shown.query);
    const waiting = !loaded && link !== "down" && !traits.get("problem");
    const kind = waiting ? "loading" : loaded && !shown.source.count ? (filtered ? "none" : "empty") : "";
    this.element.hidden = !kind;
    if (kind === this.#kind) return;
    this.#kind = kind;
    this.element.className = `ivk-blank ivk-${kind}`;
    this.element.replaceChildren(...this.#children(kind, link === "still", clearFilters));
  }

  #children(kind: string, still: boolean, clearFilters: () => void): Node[] {
    if (kind === "loading") return Array.from({ length: 6 }, () => h("i"));
    if (kind === "none") return [div("", "No model matches."), button("Clear filters", () => clearFilters())];
    return kind ? [div("", still ? "No models." : "No models yet. Add one, or scan a folder.")] : [];
  }
}
