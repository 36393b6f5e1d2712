// A model as a host gives it to a widget, whose Python side is the test.
import type { Model } from "../src/kit";

interface Intent {
  rid: string;
  verb: string;
}

type Handler = (...args: never[]) => void;

export class FakeModel implements Model {
  readonly asked: Intent[] = [];
  readonly #handlers = new Map<string, Set<Handler>>();

  readonly traits: Record<string, unknown>;

  constructor(traits: Record<string, unknown>) {
    this.traits = { read_only: false, problem: null, link: { state: "live" }, ...traits };
  }

  get(name: string): unknown {
    return this.traits[name];
  }

  set(name: string, value: unknown): void {
    this.traits[name] = value;
    this.#tell(`change:${name}`);
  }

  save_changes(): void {}

  on(event: string, handler: Handler): void {
    this.#handlers.set(event, (this.#handlers.get(event) ?? new Set()).add(handler));
  }

  off(event: string, handler: Handler): void {
    this.#handlers.get(event)?.delete(handler);
  }

  send(content: unknown): void {
    const intent = content as Intent & { kind: string };
    if (intent.kind === "intent") this.asked.push(intent);
  }

  /** A message of Python. */
  tell(content: object): void {
    this.#tell("msg:custom", content, []);
  }

  /** Answer the intent that was asked last, and let the widget go on. */
  async answer(reply: { result?: unknown; error?: { message: string } }): Promise<void> {
    const { rid } = this.asked.at(-1)!;
    this.tell({ kind: "reply", rid, ok: !reply.error, ...reply });
    await settled();
  }

  #tell(event: string, ...args: unknown[]): void {
    for (const handler of this.#handlers.get(event) ?? []) handler(...(args as never[]));
  }
}

/** Until what was promised is done. */
export const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** The button that begins with these words. */
export function buttonOf(root: Element, words: string): HTMLButtonElement {
  const found = [...root.querySelectorAll("button")].find((each) => each.textContent?.startsWith(words));
  if (!found) throw new Error(`there is no button ${words}`);
  return found;
}
