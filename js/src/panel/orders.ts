// What Python was asked to install, and what became of it.
import { count, number, type Outcome } from "../kit";
import type { Desk } from "./desk";
import type { Stock } from "./stock";

export class Orders<T extends { key: string }> {
  /** Asked for, and not answered yet. */
  readonly #open = new Set<string>();
  readonly #desk: Desk;
  readonly #stock: Stock<T>;

  constructor(desk: Desk, stock: Stock<T>) {
    this.#desk = desk;
    this.#stock = stock;
  }

  /** Whether it was asked for, and nobody knows yet what becomes of it. */
  has(key: string): boolean {
    return this.#open.has(key);
  }

  /** Ask for these; those that have started. What was refused is said, and marked in its row. */
  async place(keys: string[], args: object, control?: HTMLButtonElement): Promise<Set<string>> {
    for (const key of keys) this.#open.add(key);
    const asked = { keys, ...args };
    const outcomes = control
      ? await this.#desk.press<Outcome[]>(control, "install", asked)
      : await this.#desk.ask<Outcome[]>("install", asked);
    for (const key of keys) this.#open.delete(key);
    const started = new Set<string>();
    for (const { key, ok, message } of outcomes ?? []) {
      if (ok) started.add(key);
      else this.#stock.refused(key, message);
    }
    if (outcomes) this.#tell(outcomes);
    return started;
  }

  /** What has started is seen in its rows; a line is only due to what was refused. */
  #tell(outcomes: Outcome[]): void {
    const said = told(outcomes);
    if (outcomes.some((outcome) => !outcome.ok)) this.#desk.report(said, outcomes);
    else {
      this.#desk.notices.set("outcome", null);
      this.#desk.announce(said);
    }
  }
}

/** "298 installs started, 2 refused." */
function told(outcomes: Outcome[]): string {
  const started = outcomes.filter((outcome) => outcome.ok).length;
  const refused = outcomes.length - started;
  const parts = [
    started || !refused ? `${count(started, "install")} started` : "",
    refused ? `${number(refused)} refused` : "",
  ];
  return `${parts.filter(Boolean).join(", ")}.`;
}
