// The doorway to Python: what the table reads from its model, by name and type. Python writes all of it but `selected`.
import type { Model } from "../kit";
import type { Window } from "./remote";
import type { Labels, Query } from "./rows";

/** The first window and the facts about the whole, in the initial state. */
export interface Head extends Window {
  total: number;
  largest: number;
  /** Few enough to have all rows in the browser. */
  local: boolean;
}

/** How the server is heard, and how fresh the rows are. Times are seconds since the epoch. */
export interface Status {
  loaded: boolean;
  loaded_at: number;
  link: string;
  since: number;
  base_url: string;
}

export interface Problem {
  message: string;
  advice: string | null;
}

export class Traits {
  readonly #model: Model;

  constructor(model: Model) {
    this.#model = model;
  }

  #get<T>(name: string): T {
    return this.#model.get(name) as T;
  }

  get head(): Head {
    return this.#get("head");
  }

  get labels(): Labels {
    return this.#get("labels");
  }

  get busy(): Record<string, string> {
    return this.#get("busy");
  }

  get status(): Status {
    return this.#get("status");
  }

  get problem(): Problem | null {
    return this.#get("problem");
  }

  get readOnly(): boolean {
    return this.#get("read_only");
  }

  get height(): number {
    return this.#get("height");
  }

  /** The view, and which browser made it. */
  get query(): Query & { origin?: string | null } {
    return this.#get("query");
  }

  /** The columns to start with, those the menu offers, and whether somebody asked for just these. */
  get columns(): { shown: string[]; offered: string[]; own: boolean } {
    return { shown: this.#get("columns"), offered: this.#get("offered"), own: this.#get("own_columns") };
  }

  get selected(): string[] {
    return this.#get("selected");
  }

  set selected(keys: string[]) {
    this.#model.set("selected", keys);
    this.#model.save_changes();
  }
}
