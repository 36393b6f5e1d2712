// Below the rows: how much is in view, how fresh it is; with a selection, what can be done with it.
import {
  button,
  bytes,
  type Child,
  count,
  div,
  h,
  type Icon,
  iconButton,
  number,
  refill,
  span,
  toggleMenu,
} from "../kit";
import * as icons from "../kit/icons";

export interface FootState {
  inView: number;
  total: number;
  viewBytes: number;
  selected: number;
  /** Bytes of the selection; null if not all of its sizes are here. */
  selectedBytes: number | null;
  /** "live", "updated 3 s ago": how fresh it is. */
  link: string;
  fresh: string;
  readOnly: boolean;
}

export interface Action {
  label: string;
  icon?: Icon;
  /** Changes something on the server. */
  changes?: boolean;
  /** Only for a selection of one. */
  single?: boolean;
  danger?: boolean;
  /** Shown as a button where there is room; the others are in the menu only. */
  direct?: boolean;
  go: () => void;
}

export class Foot {
  readonly element = div("ivk-foot");
  #last = "";

  readonly #actions: Action[];
  readonly #clear: () => void;
  readonly #lost: () => void;

  /** `lost`: the button that had the focus is gone. */
  constructor(actions: Action[], clear: () => void, lost: () => void) {
    this.#actions = actions;
    this.#clear = clear;
    this.#lost = lost;
  }

  paint(state: FootState): void {
    const { fresh, ...rest } = state;
    const stamp = JSON.stringify(rest);
    if (stamp !== this.#last) {
      this.#last = stamp;
      this.element.classList.toggle("ivk-selbar", state.selected > 0);
      if (!refill(this.element, ...(state.selected ? this.#selection(state) : this.#counts(state))))
        this.#lost();
    }
    const place = this.element.querySelector(".ivk-fresh");
    if (place) place.textContent = fresh;
  }

  #counts(state: FootState): Node[] {
    const { inView, total } = state;
    return [
      span("", inWords(state)),
      span("", `${bytes(state.viewBytes)}${inView === total ? "" : " in view"}`),
      span("ivk-spacer"),
      span(`ivk-link ${state.link}`, h("i", { class: "ivk-dot" }), span("ivk-fresh")),
    ];
  }

  #selection(state: FootState): Child[] {
    const able = this.#actions.filter(
      (a) => !(a.single && state.selected > 1) && !(a.changes && state.readOnly),
    );
    const shown = able.filter((a) => a.direct);
    const more = iconButton(icons.MORE, "More actions", () => this.#menu(more, able), {
      kind: "quiet",
      "aria-haspopup": "dialog",
    });
    return [
      h("b", null, `${number(state.selected)} selected`),
      span("ivk-muted", bytes(state.selectedBytes)),
      iconButton(icons.X, "Clear the selection", this.#clear, { kind: "quiet small" }),
      state.inView < state.total && span("ivk-muted ivk-beside", inWords(state)),
      span("ivk-spacer"),
      ...(state.readOnly ? [span("ivk-muted", "Read-only")] : []),
      ...shown.map((a) => button(a.label, a.go, { kind: `quiet ${a.danger ? "danger" : "roomy"}` }, a.icon)),
      more,
    ];
  }

  #menu(anchor: HTMLElement, actions: Action[]): void {
    toggleMenu(anchor, "More actions", (panel, close) => {
      for (const { label, go, danger } of actions) {
        const run = () => {
          close();
          go();
        };
        panel.append(
          h("button", { type: "button", class: `ivk-item ${danger ? "danger" : ""}`, onclick: run }, label),
        );
      }
    });
  }
}

/** "34 models", "12 of 34 models". */
export function inWords({ inView, total }: { inView: number; total: number }): string {
  return inView === total ? count(total, "model") : `${number(inView)} of ${count(total, "model")}`;
}
