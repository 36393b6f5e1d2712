// Lines of words about a whole widget: what is wrong and what to do, what an action came to.
import { iconButton } from "./buttons";
import { type Child, h } from "./dom";
import * as icons from "./icons";
import { icon } from "./icons";

export interface Notice {
  text: Child[];
  /** "err" is red, "" amber, "info" has no colour. */
  kind?: string;
  buttons?: Node[];
  /** Called when it is dismissed; without it, it stays until it is no longer true. */
  dismissed?: () => void;
}

/** Give the focus to a field or to the rows; to no button, which a key held down would press. */
function toFirst(root: Element): void {
  const all = root.querySelectorAll<HTMLElement>("input:enabled,[tabindex]:not(button)");
  const seen = [...all].find((each) => each.getClientRects().length);
  seen?.focus({ preventScroll: true });
}

export class Notices {
  readonly element = h("div", { class: "ivk-notices" });
  readonly #shown = new Map<string, HTMLElement>();

  /** Show, change or (null) take away the notice of a name. */
  set(name: string, notice: Notice | null): void {
    const old = this.#shown.get(name);
    if (!notice) {
      old?.remove();
      this.#shown.delete(name);
      return;
    }
    const { dismissed } = notice;
    const line = h(
      "div",
      {
        class: `ivk-notice ${notice.kind ?? ""}`,
        role: notice.kind === "err" ? "alert" : "status",
        "data-notice": name,
      },
      icon(notice.kind === "info" ? icons.INFO : icons.WARN),
      h("div", null, ...notice.text),
      ...(notice.buttons ?? []),
      dismissed &&
        iconButton(
          icons.X,
          "Dismiss",
          () => {
            const held = line.contains(document.activeElement) && line.closest(".ivk");
            this.set(name, null);
            dismissed();
            if (held) toFirst(held);
          },
          { kind: "quiet small" },
        ),
    );
    if (old?.textContent === line.textContent) return; // a screen reader would speak it again
    this.#shown.set(name, line);
    if (old) old.replaceWith(line);
    else this.element.append(line);
  }
}
