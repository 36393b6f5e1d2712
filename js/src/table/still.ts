// What a saved notebook keeps of the table. With "save widget state" a notebook holds the browser's copy of every
// trait, our code included: far more than a table is worth that nobody is connected to. So, once the code runs, the
// copy of the browser gets a few lines in its place, which show the first rows. Python keeps the real thing, and sends
// it again when the page is loaded anew.
import type { Model } from "../kit";
import type { Head } from "./traits";

/** The module that a saved notebook holds. It stands alone: nothing outside the function may be named in it. */
function renderStill({ model, el }: { model: Model; el: HTMLElement }): void {
  const { columns, total } = model.get("head") as Head;
  const table = document.createElement("table");
  table.createCaption().textContent = `${total} models, as saved. Run the cell to work with them.`;
  for (const [n] of columns.key!.entries()) {
    const line = table.insertRow();
    for (const name of ["name", "type", "base", "format"])
      line.insertCell().textContent = String(columns[name]?.[n] ?? "");
  }
  el.append(table);
}

/** Put the little in the place of the much, unseen: neither Python nor anywidget is told. Only where state is saved. */
export function saveLittle(model: Model): void {
  if (!model.widget_manager?.get_state) return; // marimo and others: there every change is seen, and nothing saved
  model.set("_esm", `export default{render:${renderStill.toString()}}`, { silent: true });
  model.set("_css", "", { silent: true });
}
