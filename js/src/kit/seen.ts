// Telling Python whether anybody sees this view: the slow poll rests while nobody does. Python says that it has
// heard; a view of a saved notebook, without a kernel, says that it is only a picture.
import { h } from "./dom";
import type { Model } from "./widget";

const PATIENCE = 10_000; // ms
const ALONE =
  "Python does not answer: this is the last picture, and nothing can be done with it. Run the cell again if it stays so.";

let views = 0;

/** Report visible, hidden and gone, until the signal aborts. */
export function reportView(root: HTMLElement, model: Model, signal: AbortSignal): void {
  views += 1;
  const view = `${Date.now().toString(36)}-${views}`;
  let onScreen = false;
  let reported = "";
  const report = (state: string) => {
    if (state === reported) return;
    reported = state;
    model.send({ kind: "view", view, state });
  };
  const alone = h("div", { class: "ivk-notice", role: "status" }, ALONE);
  const waiting = setTimeout(() => {
    if (!root.parentElement?.closest(".ivk")) root.prepend(alone); // inside another one, that one says it
  }, PATIENCE);
  const hear = (content: { kind?: string; view?: string }) => {
    if (content?.kind !== "seen" || content.view !== view) return;
    clearTimeout(waiting);
    alone.remove();
  };
  model.on("msg:custom", hear);
  const look = () => report(onScreen && document.visibilityState === "visible" ? "visible" : "hidden");
  const observer = new IntersectionObserver((entries) => {
    onScreen = entries.at(-1)?.isIntersecting ?? false;
    look();
  });
  observer.observe(root);
  document.addEventListener("visibilitychange", look, { signal });
  signal.addEventListener("abort", () => {
    observer.disconnect();
    clearTimeout(waiting);
    model.off("msg:custom", hear);
    report("gone");
  });
}
