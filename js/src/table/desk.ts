// What the parts of one table share: the rows that are shown, the ways to Python, the ways to say something.
import type { Announce, Intents, Notices } from "../kit";
import type { Layout } from "./columns";
import type { DetailsPane } from "./details";
import type { Grid, Shown } from "./grid";
import type { Reads } from "./reads";
import type { Tools } from "./tools";
import type { Traits } from "./traits";

export const PATIENCE = 8000; // ms until a question to Python counts as unanswered

export interface Desk {
  readonly root: HTMLElement;
  readonly signal: AbortSignal;
  readonly traits: Traits;
  readonly intents: Intents;
  readonly reads: Reads;
  readonly shown: Shown;
  readonly notices: Notices;
  readonly announce: Announce;
  readonly layout: Layout;
  readonly grid: Grid;
  readonly tools: Tools;
  readonly details: DetailsPane;
  /** Until the rows are those of the last search, filter or sort. */
  settled(): Promise<unknown>;
  /** Show what is there now. */
  paint(): void;
  /** Give the focus to the rows; to the search, if there are none. */
  toRows(): void;
  /** Say what went wrong, above the rows. */
  complain(error: unknown): void;
}
