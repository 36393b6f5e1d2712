// How a widget of this package meets its host. Hosts differ in what they pass to render (an abort signal only
// since anywidget 0.10), so a widget gets its own signal, aborted when the view goes for whatever reason.

import { h } from "./dom";
import { atEnd, hear } from "./life";
import { reportView } from "./seen";
import { followTheme } from "./theme";

/** The part of anywidget's model that is used here. */
export interface Model {
  get(name: string): unknown;
  set(name: string, value: unknown, options?: { silent?: boolean }): void;
  save_changes(): void;
  on(event: string, handler: (...args: never[]) => void): void;
  off(event: string, handler: (...args: never[]) => void): void;
  send(content: unknown, callbacks?: unknown, buffers?: ArrayBuffer[]): void;
  /** Jupyter's, which can save the state of all widgets in the notebook. */
  widget_manager?: { get_state?: unknown };
}

/** What shows a widget inside another one; since anywidget 0.11. */
export interface Host {
  getWidget(ref: string): Promise<{ render(into: { el: HTMLElement; signal?: AbortSignal }): Promise<void> }>;
}

interface RenderArguments {
  model: Model;
  el: HTMLElement;
  signal?: AbortSignal;
  host?: Host;
}

/**
 * Keeps the notebook's own keys (like dd, which deletes a cell) away. It must be on the very element that has the
 * focus: the notebook asks each element from there on up, and its rules match any with the focus.
 */
const OURS = "data-lm-suppress-shortcuts";

/** Build one view inside `root` (class `ivk`). Everything it starts must end when `signal` aborts. */
type Build = (root: HTMLElement, model: Model, signal: AbortSignal, host?: Host) => void;

/**
 * The default export of a widget's module. `name` becomes a class of the root: `ivk ivk-table`. `begin` runs once
 * for each model, before its first view.
 */
export function widget(name: string, build: Build, begin?: (model: Model, signal: AbortSignal) => void) {
  return {
    initialize({ model, signal: hostSignal }: Omit<RenderArguments, "el">) {
      const end = new AbortController();
      hostSignal?.addEventListener("abort", () => end.abort(), { signal: end.signal });
      begin?.(model, end.signal);
      return () => end.abort();
    },
    render({ model, el, signal: hostSignal, host }: RenderArguments) {
      const end = new AbortController();
      hostSignal?.addEventListener("abort", () => end.abort(), { signal: end.signal });
      const root = h("div", { class: `ivk ivk-${name}`, [OURS]: "true" });
      root.addEventListener("focusin", (event) => (event.target as Element).setAttribute(OURS, "true"));
      followTheme(root, end.signal);
      build(root, model, end.signal, host);
      el.append(root);
      reportView(root, model, end.signal);
      return () => end.abort();
    },
  };
}

/** Call `handler` now and whenever one of the traits changes, until the signal aborts. */
export function watch(model: Model, names: string[], signal: AbortSignal, handler: () => void): void {
  for (const name of names) {
    hear(model, signal, handler, `change:${name}`);
  }
  handler();
}

/** `work` once before the next frame, however often it is called; not after the signal aborts. */
export function oncePerFrame(signal: AbortSignal, work: () => void): () => void {
  let frame = 0;
  atEnd(signal, () => cancelAnimationFrame(frame));
  return () => {
    if (frame || signal.aborted) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      work();
    });
  };
}
