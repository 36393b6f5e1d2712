// All rows in the browser: search, sort and counts need no kernel. Same rules as invokeai_widgets/library/query.py.
import {
  type Change,
  type Columns,
  emptyQuery,
  FACETS,
  type Facets,
  type Labels,
  type Query,
  type Row,
  type RowSource,
  rowAt,
  STATES,
  termsOf,
  type Value,
} from "./rows";

const TEXTS = ["name", "description", "source", "path"];
const WORDS = ["base", "type", "format"];

/** Each row's rank in a column: equal for equal values, -1 for none. */
function rank(values: Value[]): Int32Array {
  const places = new Map<Value, number>();
  for (const value of values) if (value !== null && value !== "") places.set(value, 0);
  const sorted = [...places.keys()].sort((a, b) => (a! < b! ? -1 : a! > b! ? 1 : 0));
  for (const [place, value] of sorted.entries()) places.set(value, place);
  return Int32Array.from(values, (value) => places.get(value) ?? -1);
}

const lower = (value: Value): string => String(value).toLowerCase();

export class LocalRows implements RowSource {
  count = 0;
  bytes = 0;
  #view: Uint32Array = new Uint32Array(0);
  #query = emptyQuery();
  #ranks = new Map<string, Int32Array>();
  #rows!: Map<string, number>;
  #places: Map<number, number> | null = null;

  #columns: Columns;
  #labels: () => Labels; // new ones come with the first model of a type

  constructor(
    columns: Columns,
    public revision: number,
    labels: () => Labels,
  ) {
    this.#columns = columns;
    this.#labels = labels;
    this.#index();
  }

  get total(): number {
    return this.#columns.key!.length;
  }

  has(column: string): boolean {
    return column in this.#columns;
  }

  async show(query: Query): Promise<void> {
    this.showNow(query);
  }

  showNow(query: Query): void {
    this.#query = query;
    const found = this.#matching(query);
    this.#view = this.#sorted(found, query.sort);
    this.#places = null;
    this.count = this.#view.length;
    const sizes = this.#columns.size!;
    this.bytes = this.#view.reduce((sum, row) => sum + ((sizes[row] as number | null) ?? 0), 0);
  }

  row(place: number): Row | null {
    const row = this.#view[place];
    return row === undefined ? null : rowAt(this.#columns, row);
  }

  want(): void {}

  find(key: string): Row | null {
    const row = this.#rows.get(key);
    return row === undefined ? null : rowAt(this.#columns, row);
  }

  bytesOf(keys: Iterable<string>): number | null {
    let sum = 0;
    for (const key of keys) {
      const row = this.#rows.get(key);
      if (row === undefined) return null;
      sum += (this.#columns.size![row] as number | null) ?? 0;
    }
    return sum;
  }

  async place(key: string): Promise<number> {
    this.#places ??= new Map(Array.from(this.#view, (row, place) => [row, place]));
    return this.#places.get(this.#rows.get(key) ?? -1) ?? -1;
  }

  async keys(start: number, end: number): Promise<string[]> {
    return Array.from(this.#view.subarray(start, end), (row) => this.#columns.key![row] as string);
  }

  async facets(): Promise<Facets> {
    return this.#counts(this.#query);
  }

  /** Take a change made elsewhere, which must follow what is here. The view is not true any more: show again. */
  apply({ put, gone, revision }: Change): void {
    const dropped = new Set(gone.map((key) => this.#rows.get(key)));
    const kept = dropped.size ? (_: Value, row: number) => !dropped.has(row) : null;
    for (const [name, values] of Object.entries(this.#columns)) {
      for (const [i, key] of put.key!.entries()) {
        values[this.#rows.get(key as string) ?? this.#fresh(key as string)] = put[name]?.[i] ?? null;
      }
    }
    if (kept) for (const name in this.#columns) this.#columns[name] = this.#columns[name]!.filter(kept);
    this.revision = revision;
    this.#index();
  }

  /** Work out, in quiet moments, what the first sort will need. */
  warm(): void {
    for (const name of ["type", "base", "format", "size"]) this.#rankOf(name);
  }

  #fresh(key: string): number {
    this.#rows.set(key, this.#rows.size);
    return this.#rows.size - 1;
  }

  #index(): void {
    this.#rows = new Map(this.#columns.key!.map((key, row) => [key as string, row]));
    this.#ranks.clear();
  }

  /** Whether a row has a lower-case term. Nothing is kept for it: all texts once more would be a third of the tab. */
  #finder(term: string): (row: number) => boolean {
    const texts = TEXTS.map((name) => this.#columns[name]!);
    const words = WORDS.map((name) => {
      const found = (word: Value) => `${word ?? ""}\n${this.#labels()[name]?.[word as string] ?? ""}`;
      const values = this.#columns[name]!;
      return [
        values,
        new Set([...new Set(values)].filter((word) => lower(found(word)).includes(term))),
      ] as const;
    });
    return (row) =>
      words.some(([values, found]) => found.has(values[row]!)) ||
      texts.some((values) => lower(values[row] ?? "").includes(term));
  }

  #rankOf(name: string): Int32Array {
    let ranks = this.#ranks.get(name);
    if (!ranks) {
      const values = this.#columns[name]!;
      ranks =
        name === "state"
          ? Int32Array.from(values as number[], firstBit)
          : rank(values.map((value) => (typeof value === "string" ? lower(value) : value)));
      this.#ranks.set(name, ranks);
    }
    return ranks;
  }

  #sorted(rows: Uint32Array, sort: Query["sort"]): Uint32Array {
    const signs = sort.map(([, direction]) => (direction === "asc" ? 1 : -1));
    const ranks = sort.map(([name]) => this.#rankOf(this.has(name) ? name : "name"));
    const names = this.#rankOf("name");
    const keys = this.#columns.key as string[];
    return rows.sort((a, b) => {
      for (let i = 0; i < ranks.length; i++) {
        const x = ranks[i]![a]!;
        const y = ranks[i]![b]!;
        if (x !== y) return x < 0 ? 1 : y < 0 ? -1 : (x - y) * signs[i]!;
      }
      return names[a]! - names[b]! || (keys[a]! < keys[b]! ? -1 : 1);
    });
  }

  #matching(query: Query): Uint32Array {
    const passes = this.#passing(query);
    const found: number[] = [];
    for (let row = 0; row < this.total; row++) if (passes(row) === 0) found.push(row);
    return Uint32Array.from(found);
  }

  /** For a row, the facets that refuse it as bits; -1 if the text does. */
  #passing({ text, facets }: Query): (row: number) => number {
    const finders = termsOf(text).map((term) => this.#finder(term));
    const tests = FACETS.map((facet) => this.#test(facet, facets[facet] ?? []));
    return (row) => {
      for (const finds of finders) if (!finds(row)) return -1;
      let refused = 0;
      for (let i = 0; i < tests.length; i++) if (!tests[i]!(row)) refused |= 1 << i;
      return refused;
    };
  }

  #test(facet: string, chosen: string[]): (row: number) => boolean {
    if (!chosen.length) return () => true;
    const values = this.#columns[facet]!;
    if (facet !== "state") return (row) => chosen.includes(values[row] as string);
    const wanted = chosen.reduce((bits, word) => bits | bitOf(word), 0);
    return (row) => ((values[row] as number) & wanted) !== 0;
  }

  #counts(query: Query): Facets {
    const passes = this.#passing(query);
    const found: Facets = Object.fromEntries(FACETS.map((facet) => [facet, {}]));
    for (const word of STATES) found.state![word] = 0;
    for (let row = 0; row < this.total; row++) {
      const refused = passes(row);
      for (const [i, facet] of FACETS.entries()) {
        const counts = found[facet]!;
        const passed = (refused & ~(1 << i)) === 0 ? 1 : 0;
        if (facet === "state") countStates(counts, this.#columns.state![row] as number, passed);
        else countWord(counts, this.#columns[facet]![row] ?? null, passed);
      }
    }
    return found;
  }
}

const bitOf = (word: string): number => {
  const bit = (STATES as readonly string[]).indexOf(word);
  return bit < 0 ? 0 : 1 << bit;
};

/** The number of the lowest bit set; -1 for none, so that ordinary rows come last. */
const firstBit = (bits: number): number => 31 - Math.clz32(bits & -bits);

function countWord(counts: Record<string, number>, word: Value, amount: number): void {
  if (word !== null) counts[word as string] = (counts[word as string] ?? 0) + amount;
}

function countStates(counts: Record<string, number>, bits: number, amount: number): void {
  for (const [bit, word] of STATES.entries()) if (bits & (1 << bit)) counts[word]! += amount;
}
