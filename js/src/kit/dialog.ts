// A modal question. The safe button has the focus; Escape and the safe button both mean no.
import { button } from "./buttons";
import { type Child, h, uniqueId } from "./dom";

interface Question {
  title: string;
  body: Child[];
  /** The words of the button that does it, e.g. "Delete 3 models". */
  yes: string;
  no?: string;
  danger?: boolean;
}

/** Whether the answer was yes. */
export function confirm(root: HTMLElement, question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    const title = uniqueId("title");
    const safe = button(question.no ?? "Cancel", () => dialog.close());
    const act = button(question.yes, () => dialog.close("yes"), {
      kind: question.danger ? "danger solid" : "primary",
    });
    const dialog = h(
      "dialog",
      { class: "ivk-dialog", "aria-labelledby": title },
      h("h3", { id: title }, question.title),
      h("div", { class: "ivk-dialog-body" }, ...question.body),
      h("div", { class: "ivk-dialog-acts" }, safe, act),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    root.append(dialog);
    dialog.showModal();
    safe.focus();
  });
}
