// A line with a field and a button that answers to Enter.
import { type Child, h } from "../kit";

/** A form of these parts; `go` is called when it is sent. */
export function askForm(go: () => unknown, ...parts: Child[]): HTMLFormElement {
  const form = h("form", { class: "ivk-ask" }, ...parts);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void go();
  });
  // In JupyterLab Enter in a field sends no form by itself.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    form.requestSubmit();
  });
  return form;
}
