// Telling Python whether anybody sees this view: the slow poll rests while nobody does.
import type { Model } from "./widget";

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
  const look = () => report(onScreen && document.visibilityState === "visible" ? "visible" : "hidden");
  const observer = new IntersectionObserver((entries) => {
    onScreen = entries.at(-1)?.isIntersecting ?? false;
    look();
  });
  observer.observe(root);
  document.addEventListener("visibilitychange", look, { signal });
  signal.addEventListener("abort", () => {
    observer.disconnect();
    report("gone");
  });
}
