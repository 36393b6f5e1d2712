// Cover images, fetched by Python: the browser may not reach the server.
import { atEnd, type Intents } from "../kit";

const BATCH = 24;
const REST = 10_000; // ms until one that could not be had is asked for again, if it is on the screen

/** Object URLs of covers by key; "" for one that could not be had. */
export class Covers {
  readonly urls = new Map<string, string>();
  #timer = 0;

  readonly #intents: Intents;
  readonly #arrived: () => void;

  constructor(intents: Intents, arrived: () => void, signal: AbortSignal) {
    this.#intents = intents;
    this.#arrived = arrived;
    atEnd(signal, () => {
      clearTimeout(this.#timer);
      for (const key of [...this.urls.keys()]) this.forget(key);
    });
  }

  /** Soon, when the scrolling has stopped, fetch the covers of the keys that `wanted` names then. */
  later(wanted: () => string[]): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      const keys = wanted().slice(0, BATCH);
      if (keys.length) void this.#fetch(keys).then(() => this.#arrived());
    }, 120);
  }

  async one(key: string): Promise<string | null> {
    if (!this.urls.get(key)) await this.#fetch([key]);
    return this.urls.get(key) || null;
  }

  forget(key: string): void {
    const url = this.urls.get(key);
    if (url) URL.revokeObjectURL(url);
    this.urls.delete(key);
  }

  async #fetch(keys: string[]): Promise<void> {
    for (const key of keys) this.urls.set(key, "");
    try {
      const { result, buffers } = await this.#intents.askAll<string[]>("covers", { keys });
      for (const [i, key] of result.entries()) {
        if (this.urls.get(key)) continue; // it was asked for twice
        this.urls.set(
          key,
          URL.createObjectURL(new Blob([buffers[i]! as DataView<ArrayBuffer>], { type: "image/webp" })),
        );
      }
    } catch {
      // a table without pictures is still a table
    }
    setTimeout(() => {
      for (const key of keys) if (this.urls.get(key) === "") this.urls.delete(key);
    }, REST);
  }
}
