// One polite live region for a panel: it speaks starts, ends and failures, never every tick.
import { h } from "./dom";

export type Announce = (text: string) => void;

/** Add the region to `root`; the returned function says something through it, the last text wins. */
export function announcer(root: HTMLElement): Announce {
  const region = h("div", { class: "ivk-sr", role: "status", "aria-live": "polite" });
  root.append(region);
  let timer = 0;
  return (text) => {
    clearTimeout(timer);
    region.textContent = "";
    timer = window.setTimeout(() => {
      region.textContent = text;
    }, 60);
  };
}
