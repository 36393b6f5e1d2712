// Telling Python whether anybody sees this view: the slow poll rests while nobody does. Python says that it has
// heard; a view of a saved notebook, without a kernel, says that it is only a picture.
import { h } from "./dom";
import { atEnd, hear } from "./life";
import type { Model } from "./widget";

const PATIENCE = 10_000; // ms
const ALONE =
  "Python does not answer: this is the last picture, nothing more. Run the cell again if it stays so.";

let views = 0;

/** Report visible, hidden and gone, until the signal aborts. */
export function reportView(root: HTMLElement, model: Model, signal: AbortSignal): void {
  views += 1;
  const view = `${Date.now().toString(36)}-${views}`;
  let onScreen = false;
  let reported = "";
  const alone = h("div", { class: "ivk-notice ivk-alone", role: "status" }, ALONE);
  const sayAlone = () => {
    if (!root.parentElement?.closest(".ivk")) root.prepend(alone); // inside another one, that one says it
  };
  const report = (state: string, again = false) => {
    if (state === reported && !again) return;
    reported = state;
    try {
      model.send({ kind: "view", view, state });
    } catch {
      sayAlone();
    }
  };
  let waiting: ReturnType<typeof setTimeout>;
  const wait = () => {
    clearTimeout(waiting);
    waiting = setTimeout(sayAlone, PATIENCE);
  };
  wait();
  hear(model, signal, (content: { kind?: string; view?: string }) => {
    if (content?.kind !== "seen" || content.view !== view) return;
    clearTimeout(waiting);
    alone.remove();
  });
  const look = (again = false) =>
    report(onScreen && document.visibilityState === "visible" ? "visible" : "hidden", again);
  const observer = new IntersectionObserver((entries) => {
    onScreen = entries.at(-1)?.isIntersecting ?? false;
    look();
  });
  observer.observe(root);
  document.addEventListener("visibilitychange", () => look(), { signal });
  // What the host says when the kernel is started anew, which then knows nothing of this widget.
  hear(
    model,
    signal,
    () => {
      wait();
      look(true);
    },
    "comm_live_update",
  );
  atEnd(signal, () => {
    observer.disconnect();
    clearTimeout(waiting);
    report("gone");
  });
}
