// What Python says can be installed: the rows, and the state of each. The first rows come with the widget, the
// others when they are asked for; changed states follow as messages.
import { hear } from "../kit";
import type { Desk } from "./desk";

export type State = [kind: "new" | "installed" | "working" | "failed", text: string];

interface Rows<T> {
  serial: number;
  rows: T[];
  states: Record<string, State>;
}

interface Head<T> extends Rows<T> {
  total: number;
}

interface States {
  kind?: string;
  serial: number;
  states: Record<string, State>;
}

export interface StockEvents {
  /** There are other rows. */
  rows(): void;
  /** Some rows have another state. */
  states(): void;
}

const NEW: State = ["new", ""];

export class Stock<T extends { key: string }> {
  rows: T[] = [];
  /** How many rows there are; more than are here until all have come. */
  total = 0;
  readonly #states = new Map<string, State>();
  readonly #desk: Desk;
  #serial = -1;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  state(key: string): State {
    return this.#states.get(key) ?? NEW;
  }

  /** Whether it is neither installed nor being installed. */
  isOpen(key: string): boolean {
    const [kind] = this.state(key);
    return kind === "new" || kind === "failed";
  }

  /** An install of it was refused. Python says so too, a little later. */
  refused(key: string, why: string): void {
    this.#states.set(key, ["failed", why]);
  }

  /** Follow what Python says, from now on. */
  start(events: StockEvents): void {
    const { model, signal } = this.#desk;
    hear(model, signal, (content: States) => {
      if (content?.kind === "states" && this.#take(content)) events.states();
    });
    this.#desk.watch(["head"], () => {
      const head = this.#desk.get<Head<T>>("head");
      if (head.serial === undefined) return;
      if (this.#take(head)) events.states();
      else void this.#begin(head, events);
    });
  }

  async #begin(head: Head<T>, events: StockEvents): Promise<void> {
    this.#replace(head);
    this.total = head.total;
    events.rows();
    if (head.total <= head.rows.length) return;
    const all = await this.#desk.ask<Rows<T>>("rows");
    if (all?.serial !== this.#serial) return; // a newer head has come, which asks for itself
    this.#replace(all);
    events.rows();
  }

  #replace({ serial, rows, states }: Rows<T>): void {
    this.#serial = serial;
    this.rows = rows;
    this.#states.clear();
    for (const [key, state] of Object.entries(states)) this.#states.set(key, state);
  }

  /** Take the states, if they are about these rows. */
  #take({ serial, states }: States): boolean {
    if (serial !== this.#serial) return false;
    for (const [key, state] of Object.entries(states)) this.#states.set(key, state);
    return true;
  }
}
