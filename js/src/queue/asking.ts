// Doing something about jobs, and telling what came of it. Shared by the queue and the install form.
import {
  type Announce,
  count,
  h,
  type Intents,
  type Notices,
  type Outcome,
  Refused,
  Unanswered,
} from "../kit";
import type { JobList } from "./list";
import type { JobRow, Verb } from "./rows";

type JobOutcome = Omit<Outcome, "name">; // a job is named by its source

const PATIENCE = 12_000; // ms; a cancel waits until the server has deleted the file

const DONE: Record<Verb, string> = {
  pause: "paused",
  resume: "resumed",
  cancel: "cancelled",
  again: "started again",
};

export class Asking {
  constructor(
    private readonly intents: Intents,
    private readonly notices: Notices,
    private readonly announce: Announce,
    private readonly list: () => JobList,
  ) {}

  /** Ask for a verb on some jobs; their buttons rest meanwhile. */
  async act(verb: Verb, rows: Pick<JobRow, "id" | "source">[]): Promise<void> {
    const rest = (busy: boolean) => {
      for (const row of rows) {
        const view = this.list().view(row);
        if (view) view.busy = busy;
      }
    };
    const asked = { jobs: rows.map((row) => row.id), sources: rows.map((row) => row.source) };
    rest(true);
    await this.ask<JobOutcome[]>(verb, asked, (outcomes) => this.#report(verb, rows, outcomes));
    rest(false);
  }

  /** Ask for anything; what goes wrong is said in words. Resolves in any case. */
  async ask<T>(verb: string, args: object, then: (result: T) => void = () => {}): Promise<void> {
    try {
      then(await this.intents.ask<T>(verb, args, PATIENCE));
      this.notices.set("unanswered", null);
    } catch (error) {
      this.complain(error);
    }
  }

  /** A refusal is in the trait `problem` already; silence is told of here. */
  complain(error: unknown): void {
    if (!(error instanceof Unanswered)) {
      if (!(error instanceof Refused)) throw error;
      return;
    }
    this.notices.set("unanswered", {
      text: [h("b", null, error.message), ` ${error.advice}`],
      dismissed: () => {},
    });
  }

  #report(verb: Verb, rows: Pick<JobRow, "id" | "source">[], outcomes: JobOutcome[]): void {
    const failed = outcomes.filter((outcome) => !outcome.ok);
    const well = outcomes.length - failed.length;
    if (!failed.length) {
      this.notices.set("outcome", null);
      this.announce(`${well === 1 ? rows[0]!.source : count(well, "install")} ${DONE[verb]}`);
      return;
    }
    const names = new Map(rows.map((row) => [String(row.id), row.source]));
    this.notices.set("outcome", {
      kind: "err",
      text: failed.map(({ key, message, advice }) =>
        h("div", null, h("b", null, names.get(key) ?? key), `: ${message} ${advice ?? ""}`),
      ),
      dismissed: () => {},
    });
  }
}
