// The columns a person can see: what each shows, how wide, and how that is remembered.
import { bytes, h, hue, setText, span } from "../kit";
import { setMarked } from "./marks";
import { type Labels, type Row, STATES } from "./rows";

/** What painting a cell needs beside its row. */
export interface Painting {
  terms: string[];
  labels: Labels;
  largest: number;
  /** What is being done to a key ("delete") or why it failed. */
  busy: Record<string, string>;
  failed: Map<string, string>;
}

export interface ColumnDef {
  id: string;
  label: string;
  width: number;
  /** Extra class of the cell. */
  kind?: string;
  /** Stays when others are dropped for want of room. */
  keep?: boolean;
  paint(cell: HTMLElement, row: Row, with_: Painting): void;
}

const text = (id: string, label: string, width: number, kind = ""): ColumnDef => ({
  id,
  label,
  width,
  kind,
  paint: (cell, row, { terms }) => {
    const value = String(row[id] ?? "");
    setMarked(cell, value, terms);
    cell.title = value;
  },
});

const badge = (id: string, label: string, width: number): ColumnDef => ({
  id,
  label,
  width,
  paint: (cell, row, { terms, labels }) => {
    const word = String(row[id] ?? "");
    const tag = (cell.firstElementChild ?? cell.appendChild(span("ivk-badge"))) as HTMLElement;
    tag.style.setProperty("--b", hue(word));
    setMarked(tag, labels[id]?.[word] ?? word, terms);
    cell.title = word;
  },
});

const size: ColumnDef = {
  id: "size",
  label: "Size",
  keep: true,
  width: 142,
  kind: "ivk-size num",
  paint: (cell, row, { largest }) => {
    if (!cell.firstElementChild) cell.append(span("ivk-bar", h("i")), span(""));
    const [bar, words] = cell.children as unknown as [HTMLElement, HTMLElement];
    bar.style.setProperty("--w", `${row.size && largest ? Math.max(3, (row.size / largest) * 100) : 0}%`);
    setText(words, bytes(row.size));
    cell.title = row.size === null ? "" : `${row.size.toLocaleString("en-US")} bytes`;
  },
};

/** Words for what is being done to a row, by the verb. */
const DOING: Record<string, string> = {
  delete: "removing…",
  reidentify: "identifying…",
  convert: "converting…",
  update: "saving…",
};

/** What the state column says of a row, and how loudly. */
export function stateOf(
  row: Row,
  busy: Painting["busy"],
  failed: Painting["failed"],
): [words: string, kind: string] {
  const verb = busy[row.key];
  if (verb) return [DOING[verb] ?? `${verb}…`, ""];
  if (failed.has(row.key)) return ["failed", "err"];
  const words = STATES.filter((_, bit) => row.state & (1 << bit));
  return [
    words.join(", "),
    words[0] === "missing" ? "err" : words.some((w) => w !== "in place") ? "warn" : "",
  ];
}

const state: ColumnDef = {
  id: "state",
  label: "State",
  keep: true,
  width: 124,
  paint: (cell, row, { busy, failed }) => {
    const [words, kind] = stateOf(row, busy, failed);
    setText(cell, words);
    cell.className = `ivk-cell ivk-state ${kind}`;
    cell.title = failed.get(row.key) ?? words;
  },
};

const labelled = (id: string, label: string, width: number): ColumnDef => ({
  id,
  label,
  width,
  kind: "ivk-muted",
  paint: (cell, row, { labels }) => setText(cell, labels[id]?.[String(row[id])] ?? String(row[id] ?? "")),
});

export const COLUMNS: ColumnDef[] = [
  text("name", "Name", 150, "ivk-name"),
  badge("type", "Type", 112),
  badge("base", "Base", 118),
  text("format", "Format", 116, "ivk-muted"),
  size,
  state,
  text("variant", "Variant", 110, "ivk-muted"),
  labelled("source_type", "Source type", 112),
  text("source", "Source", 220, "ivk-muted"),
  text("path", "Path", 260, "ivk-mono"),
  text("description", "Description", 260),
  text("trigger_phrases", "Trigger phrases", 180),
  text("hash", "Hash", 200, "ivk-mono"),
  text("key", "Key", 200, "ivk-mono"),
];

const BY_ID = new Map(COLUMNS.map((column) => [column.id, column]));
const NARROWEST = 56;
const STORE = "invokeai-widgets:table-columns";

interface Remembered {
  shown: string[];
  widths: Record<string, number>;
}

/** Which columns are on, in which order, how wide. `name` is always there and takes what room is left. */
export class Layout {
  shown: string[];
  widths: Record<string, number> = {};
  /** What the columns that fit leave to `name`, beyond its least width. */
  #spare = 0;
  readonly offered: ColumnDef[];

  /** `asked` are the columns that Python names; with `own` they are its caller's wish, and memory is left alone. */
  readonly #own: boolean;

  constructor(asked: string[], offered: string[], own: boolean) {
    this.#own = own;
    this.offered = offered.map((id) => BY_ID.get(id)).filter((column) => column !== undefined);
    const memory = own ? null : recall();
    this.shown = (memory?.shown ?? asked).filter((id) => offered.includes(id));
    this.widths = memory?.widths ?? {};
    if (!this.shown.includes("name")) this.shown.unshift("name");
  }

  /** In pixels; of `name` the least. */
  width(id: string): number {
    return this.widths[id] ?? BY_ID.get(id)!.width;
  }

  toggle(id: string): void {
    this.shown = this.shown.includes(id) ? this.shown.filter((other) => other !== id) : [...this.shown, id];
    delete this.widths[id]; // one that was made too wide to fit comes back as it was
    this.#remember();
  }

  /** Put a column before another, or (null) at the end. */
  move(id: string, before: string | null): void {
    if (id === before) return;
    const rest = this.shown.filter((other) => other !== id);
    rest.splice(before === null ? rest.length : rest.indexOf(before), 0, id);
    this.shown = rest;
    this.#remember();
  }

  /** No column takes more than the room that is left, else it, or another, would fall out under the pointer. */
  resize(id: string, width: number | null): void {
    const most = this.width(id) + this.#spare;
    if (width === null) delete this.widths[id];
    else this.widths[id] = Math.max(NARROWEST, Math.min(most, Math.round(width)));
    this.#remember();
  }

  /** The columns that fit into so many pixels: dropped from the right, size and state after the others. */
  fitting(room: number): ColumnDef[] {
    const fit = [...this.shown];
    const spare = () => fit.reduce((rest, id) => rest - this.width(id), room);
    while (spare() < 0 && fit.length > 1) {
      const last = fit.findLastIndex((id) => id !== "name" && !BY_ID.get(id)!.keep);
      fit.splice(last < 0 ? fit.findLastIndex((id) => id !== "name") : last, 1);
    }
    this.#spare = Math.max(0, spare());
    return fit.map((id) => BY_ID.get(id)!);
  }

  /** The grid's tracks for these columns. */
  tracks(columns: ColumnDef[]): string {
    return columns
      .map(({ id }) => (id === "name" ? `minmax(${this.width(id)}px,1fr)` : `${this.width(id)}px`))
      .join(" ");
  }

  #remember(): void {
    if (this.#own) return;
    try {
      localStorage.setItem(
        STORE,
        JSON.stringify({ shown: this.shown, widths: this.widths } satisfies Remembered),
      );
    } catch {
      // no storage here: it is remembered until the page goes
    }
  }
}

function recall(): Remembered | null {
  try {
    const memory = JSON.parse(localStorage.getItem(STORE) ?? "null") as Remembered | null;
    return memory && Array.isArray(memory.shown) && typeof memory.widths === "object" ? memory : null;
  } catch {
    return null;
  }
}
