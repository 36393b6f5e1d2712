// What is said aloud about jobs: starts, ends and failures, never every tick.
import { count } from "../kit";
import { type JobRow, nameOf } from "./rows";

const ENDS = new Set(["done", "failed", "off"]);

export class Told {
  #known: Map<string, string> | null = null;

  /** What to say about the change to these rows; "" for nothing. The first rows are no news. */
  news(rows: JobRow[]): string {
    const before = this.#known;
    this.#known = new Map(rows.map((row) => [nameOf(row), row.look]));
    if (!before) return "";
    const started = rows.filter((row) => !before.has(nameOf(row)) && !ENDS.has(row.look));
    const ended = rows.filter((row) => ENDS.has(row.look) && before.get(nameOf(row)) !== row.look);
    return [...said(started, (row) => `Installing ${row.source}`, "started"), ...saidOfEnds(ended)].join(" ");
  }
}

function said(rows: JobRow[], one: (row: JobRow) => string, many: string): string[] {
  if (!rows.length) return [];
  return [rows.length === 1 ? `${one(rows[0]!)}.` : `${count(rows.length, "install")} ${many}.`];
}

function saidOfEnds(rows: JobRow[]): string[] {
  const kinds: [string, string][] = [
    ["done", "ended well"],
    ["failed", "failed"],
    ["off", "cancelled"],
  ];
  return kinds.flatMap(([look, many]) =>
    said(
      rows.filter((row) => row.look === look),
      (row) => `${row.source}: ${row.what}${row.note ? `, ${row.note}` : ""}`,
      many,
    ),
  );
}
