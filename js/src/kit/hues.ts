// One hue per base and per type, the same everywhere. A badge mixes it with the theme's own colours, so that
// its text keeps its contrast in light and dark.
import { h } from "./dom";

const HUES: Record<string, string> = {
  sdxl: "#3b6fd4",
  "sdxl-refiner": "#5b5fd0",
  flux: "#c2571a",
  flux2: "#b5462a",
  "sd-1": "#2f8f5b",
  "sd-2": "#5a8a2a",
  "sd-3": "#a0682a",
  "z-image": "#0f8a9d",
  "qwen-image": "#7a5bd0",
  cogview4: "#2c7fb8",
  main: "#8250b4",
  lora: "#b0871e",
  control_lora: "#a8762a",
  vae: "#4c7f8c",
  controlnet: "#b5446e",
  t2i_adapter: "#a8508f",
  ip_adapter: "#5e7d1f",
  embedding: "#3f7fa6",
  clip_vision: "#6f6fb8",
  clip_embed: "#5f78c0",
  t5_encoder: "#2d8f83",
  spandrel_image_to_image: "#9a6a3a",
};
const SPARE = ["#4a7fb0", "#8a6f2f", "#8f5f9f", "#3f8f6f", "#a85f5f", "#6f7f3f"];

/** The hue of a base or type; unknown words get one of a few, always the same. "unknown" and "any" are grey. */
export function hue(word: string): string {
  if (word === "unknown" || word === "any" || word === "") return "#777";
  const known = HUES[word];
  if (known) return known;
  let sum = 0;
  for (const letter of word) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return SPARE[sum % SPARE.length]!;
}

/** A tinted badge: `word` gives the hue, `label` is what it says. */
export function badge(word: string, label: string): HTMLSpanElement {
  return h("span", { class: "ivk-badge", style: `--b:${hue(word)}` }, label);
}
