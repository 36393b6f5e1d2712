// A progress bar: glides to where it should be, and moves along when nobody knows how far it is.
import { h, setAttribute } from "../kit";
import type { Look } from "./rows";

export class Bar {
  readonly #fill = h("i");
  readonly element = h(
    "div",
    { class: "ivk-progress", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100 },
    this.#fill,
  );

  /** `share` is 0 to 1 or null; `label` and `words` are for assistive technology. */
  paint(share: number | null, look: Look, label: string, words: string): void {
    const percent = share === null ? null : Math.round(share * 1000) / 10;
    this.element.className = `ivk-progress ${look}${percent === null ? " unknown" : ""}`;
    const width = percent === null ? "" : `${percent}%`;
    if (this.#fill.style.width !== width) this.#fill.style.width = width;
    setAttribute(this.element, "aria-valuenow", percent === null ? null : Math.floor(percent));
    setAttribute(this.element, "aria-label", label);
    setAttribute(this.element, "aria-valuetext", words);
  }
}
