// What both row sources share: the shapes that cross the border, and the interface the grid sees.

export type Value = string | number | boolean | null;
/** Rows as columns: all arrays have one length. */
export type Columns = Record<string, Value[]>;

export interface Row {
  key: string;
  name: string;
  type: string;
  base: string;
  size: number | null;
  /** Bit i is set if the row is STATES[i]. */
  state: number;
  cover: boolean;
  [column: string]: Value;
}

export type Direction = "asc" | "desc";

export interface Query {
  text: string;
  facets: Record<string, string[]>;
  sort: [column: string, direction: Direction][];
}

/** For each facet, how many rows each of its words would leave. */
export type Facets = Record<string, Record<string, number>>;

/** How words are shown, by column: labels.base["sd-1"] is "SD 1". */
export type Labels = Record<string, Record<string, string>>;

export const STATES = ["missing", "in place", "unknown", "duplicate"] as const;
export const FACETS = ["base", "type", "format", "source_type", "state"] as const;

/** Where the grid gets its rows. All places are places in the view, which the last query made. */
export interface RowSource {
  /** All models, whatever the view. */
  readonly total: number;
  /** Rows in the view, and their bytes. */
  readonly count: number;
  readonly bytes: number;
  /** Make another view. The old one stays readable until the new one is there; then so are the rows round `near`. */
  show(query: Query, near?: number): Promise<void>;
  /** The row at a place; null if it is not here yet, and then `want` has it brought. */
  row(place: number): Row | null;
  /** These places are on the screen. */
  want(start: number, end: number): void;
  /** The row of a key, if this side has it. */
  find(key: string): Row | null;
  /** The bytes of these models together; null if this side does not have them all. */
  bytesOf(keys: Iterable<string>): number | null;
  /** Where a key stands in the view, -1 if it is not in it. */
  place(key: string): Promise<number>;
  /** The keys at the places from start up to, but without, end. */
  keys(start: number, end: number): Promise<string[]>;
  facets(): Promise<Facets>;
}

/** A change made elsewhere: rows that are new or different, and keys that are gone. */
export interface Change {
  before: number;
  revision: number;
  put: Columns;
  gone: string[];
}

export const emptyQuery = (): Query => ({ text: "", facets: {}, sort: [["name", "asc"]] });

export const isFiltered = (query: Query): boolean =>
  query.text.trim() !== "" || Object.values(query.facets).some((words) => words.length > 0);

export const sameQuery = (a: Query, b: Query): boolean => JSON.stringify(a) === JSON.stringify(b);

/**
 * The sort after a click on a column: the other way round if it was sorted by already. `add` keeps the other columns.
 * Sizes begin with the largest.
 */
export function sortedBy(sort: Query["sort"], column: string, add: boolean): Query["sort"] {
  const at = sort.findIndex(([name]) => name === column);
  const now = sort[at]?.[1] ?? (column === "size" ? "asc" : "desc");
  const next: Query["sort"][number] = [column, now === "asc" ? "desc" : "asc"];
  if (!add) return [next];
  return at < 0 ? [...sort, next] : sort.with(at, next);
}

/** The n-th row of some columns. */
export function rowAt(columns: Columns, n: number): Row {
  const row: Record<string, Value> = {};
  for (const name in columns) row[name] = columns[name]![n] ?? null;
  return row as Row;
}

/** The words of a search: each must be found. */
export const termsOf = (text: string): string[] => text.toLowerCase().split(/\s+/).filter(Boolean);
