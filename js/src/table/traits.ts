// The doorway to Python: what the table reads from its model, by name and type. Python writes all but `selected`.
import type { Model, Problem } from "../kit";
import type { Window } from "./remote";
import type { Labels, Query } from "./rows";

/** The first window and the facts about the whole, in the initial state. */
export interface Head extends Window {
  total: number;
  largest: number;
  /** Few enough to have all rows in the browser. */
  local: boolean;
}

interface TableTraits {
  head: Head;
  labels: Labels;
  /** What is being done, by key. */
  busy: Record<string, string>;
  /** How the server is heard, and how fresh the rows are. Times are seconds since the epoch. */
  status: { loaded: boolean; loaded_at: number; link: string; since: number; base_url: string };
  problem: Problem | null;
  read_only: boolean;
  height: number;
  /** The view, and which browser made it. */
  query: Query & { origin?: string | null };
  /** The columns to start with, those the menu offers, and whether somebody asked for just these. */
  columns: string[];
  offered: string[];
  own_columns: boolean;
  selected: string[];
}

export class Traits {
  readonly #model: Model;

  constructor(model: Model) {
    this.#model = model;
  }

  get<K extends keyof TableTraits>(name: K): TableTraits[K] {
    return this.#model.get(name) as TableTraits[K];
  }

  select(keys: string[]): void {
    this.#model.set("selected", keys);
    this.#model.save_changes();
  }
}
