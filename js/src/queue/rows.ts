// What Python says of jobs, and keeping a long list of them in step.
import { hear, type Model } from "../kit";

export type Look = "waiting" | "moving" | "paused" | "failed" | "off" | "done";
export type Verb = "pause" | "resume" | "cancel" | "again";

export interface FileRow {
  name: string;
  url: string;
  share: number;
  what: string;
}

/** One job, in words: see `job_rows.py`. */
export interface JobRow {
  id: number;
  source: string;
  status: string;
  look: Look;
  /** 0 to 1; null: it moves, and nobody knows how far. */
  share: number | null;
  what: string;
  /** The exact bytes. */
  title: string;
  note: string;
  advice: string | null;
  files: FileRow[];
  files_done: number;
  actions: Verb[];
  link: string | null;
}

export interface Overall {
  text: string;
  share: number | null;
  open: number;
  ended: number;
  pausable: number[];
  resumable: number[];
  cancellable: number[];
}

interface Changes {
  kind?: string;
  put: JobRow[];
  gone: string[];
}

/** What tells a row from all others: after a restart of the server two jobs may have one number. */
export const nameOf = ({ id, source }: Pick<JobRow, "id" | "source">): string => `${id} ${source}`;

/** The rows after some were put and some went, the newest first; rows that did not change stay the same objects. */
function merged(rows: JobRow[], { put, gone }: Pick<Changes, "put" | "gone">): JobRow[] {
  const byName = new Map(rows.map((row) => [nameOf(row), row]));
  for (const name of gone) byName.delete(name);
  for (const row of put) byName.set(nameOf(row), row);
  return [...byName.values()].sort((a, b) => b.id - a.id);
}

/** Of a long queue Python sends only what changed: put it into the model, once for all of its views. */
export function hearChanges(model: Model, signal: AbortSignal): void {
  hear(model, signal, (content: Changes) => {
    if (content?.kind === "jobs") model.set("jobs", merged(model.get("jobs") as JobRow[], content));
  });
}
