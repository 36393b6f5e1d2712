// What lasts as long as a view: each of these ends when the view's signal aborts.
import type { Model } from "./widget";

/** Do this when the view goes. */
export function atEnd(signal: AbortSignal, work: () => void): void {
  signal.addEventListener("abort", work);
}

/** Call `handler` with each event of the model: messages of Python unless another one is named. */
export function hear(
  model: Model,
  signal: AbortSignal,
  handler: (...args: never[]) => void,
  event = "msg:custom",
): void {
  model.on(event, handler);
  atEnd(signal, () => model.off(event, handler));
}

/** Do this again and again, after so many ms each; the timer is returned to end it earlier. */
export function every(ms: number, signal: AbortSignal, work: () => void): ReturnType<typeof setInterval> {
  const timer = setInterval(work, ms);
  atEnd(signal, () => clearInterval(timer));
  return timer;
}
