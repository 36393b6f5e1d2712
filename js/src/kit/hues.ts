// One hue per base and per type, the same everywhere. A badge mixes it with the theme's own colours, so that
// its text keeps its contrast in light and dark.
import { h } from "./dom";

const SPARE = ["#4a7fb0", "#8a6f2f", "#8f5f9f", "#3f8f6f", "#a85f5f", "#6f7f3f"];

/** The hue of a base or type, as CSS: that of hues.css, or for unknown words one of a few, always the same. */
export function hue(word: string): string {
  if (!word) return "#777";
  let sum = 0;
  for (const letter of word) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return `var(--ivk-${CSS.escape(word)}, ${SPARE[sum % SPARE.length]})`;
}

/** A tinted badge: `word` gives the hue, `label` is what it says. */
export function badge(word: string, label: string): HTMLSpanElement {
  return h("span", { class: "ivk-badge", style: `--b:${hue(word)}` }, label);
}
