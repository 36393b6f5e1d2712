// Asking Python for something: each intent has an id of its own and gets exactly one reply.
import { hear } from "./life";
import type { Model } from "./widget";

/** Why an intent was refused, in words for people. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly advice: string | null = null,
    readonly kind: string = "error",
  ) {
    super(message);
  }
}

/** No answer yet: the kernel is busy, or gone. */
export class Unanswered extends Refused {
  constructor() {
    super("Python has not answered.", "It may be busy or stopped. If so, run the cell again.", "Unanswered");
  }
}

/** What became of a verb on one thing, of those that were named in the intent. */
export interface Outcome {
  key: string;
  name: string;
  ok: boolean;
  message: string;
  advice: string | null;
}

export interface Answer<T> {
  result: T;
  buffers: DataView[];
}

interface Reply {
  kind?: string;
  rid?: string;
  ok?: boolean;
  result?: unknown;
  error?: { message: string; advice: string | null; kind: string };
}

interface Waiting {
  resolve: (answer: Answer<unknown>) => void;
  reject: (why: Refused) => void;
}

export class Intents {
  readonly #waiting = new Map<string, Waiting>();
  readonly #name = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
  #asked = 0;

  constructor(
    private readonly model: Model,
    private readonly signal: AbortSignal,
  ) {
    hear(model, signal, (content: Reply, buffers: DataView[]) => this.#hear(content, buffers));
  }

  /** The result of a verb. Rejects with `Refused`; after `patience` ms without an answer with `Unanswered`. */
  async ask<T>(verb: string, args: object = {}, patience = 0): Promise<T> {
    return (await this.askAll<T>(verb, args, patience)).result;
  }

  /** As `ask`, with the bytes that came beside the result. */
  askAll<T>(verb: string, args: object = {}, patience = 0): Promise<Answer<T>> {
    this.#asked += 1;
    const rid = `${this.#name}-${this.#asked}`;
    return new Promise((resolve, reject) => {
      this.#waiting.set(rid, { resolve: resolve as Waiting["resolve"], reject });
      const giveUp = () => this.#settle(rid)?.reject(new Unanswered());
      if (patience) setTimeout(giveUp, patience);
      try {
        this.model.send({ kind: "intent", rid, verb, ...args });
      } catch {
        giveUp(); // the kernel was started anew, and knows nothing of this widget
      }
    });
  }

  #hear(content: Reply, buffers: DataView[]): void {
    if (content?.kind !== "reply" || this.signal.aborted) return;
    const waiting = this.#settle(content.rid ?? "");
    if (!waiting) return; // another view's, or given up
    const { error } = content;
    if (content.ok) waiting.resolve({ result: content.result, buffers });
    else waiting.reject(new Refused(error?.message ?? "It failed.", error?.advice ?? null, error?.kind));
  }

  #settle(rid: string): Waiting | undefined {
    const waiting = this.#waiting.get(rid);
    this.#waiting.delete(rid);
    return waiting;
  }
}
