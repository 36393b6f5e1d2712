// What can be done to the selected models, and what became of it, model by model.
import { bytes, type Child, confirm, count, div, h, span } from "../kit";

/** What became of a verb on one model. */
export interface Outcome {
  key: string;
  name: string;
  ok: boolean;
  message: string;
  advice: string | null;
}

/** What deleting would do, as Python works it out. */
export interface DeletePlan {
  models: {
    key: string;
    name: string;
    size: number | null;
    goes: boolean | null;
    why: string;
    path: string;
  }[];
  freed: number;
  more: number;
}

/** Ask whether to delete, naming each model and what happens to its files. */
export function confirmDelete(root: HTMLElement, plan: DeletePlan): Promise<boolean> {
  const total = plan.models.length + plan.more;
  const gone = plan.models.some((model) => model.goes !== false);
  const body: Child[] = [
    h(
      "p",
      null,
      gone ? "This cannot be undone." : "Only the records are deleted: the files stay where they are.",
    ),
    h(
      "ul",
      { class: "ivk-plan" },
      ...plan.models.map((model) =>
        h(
          "li",
          null,
          div("ivk-planline", h("b", null, model.name), span("ivk-muted", bytes(model.size))),
          h("div", { class: model.goes === false ? "ivk-muted" : "ivk-goes" }, model.why),
          div("ivk-mono ivk-muted", model.path),
        ),
      ),
      plan.more > 0 && h("li", { class: "ivk-muted" }, `and ${count(plan.more, "more model")}`),
    ),
    h("p", null, h("b", null, plan.freed ? `Frees ${bytes(plan.freed)}.` : "Frees no disk space.")),
  ];
  return confirm(root, {
    title: `Delete ${count(total, "model")}?`,
    body,
    yes: `Delete ${count(total, "model")}`,
    danger: true,
  });
}

/** "2 models deleted; 1 refused." */
export function summary(done: string, outcomes: Outcome[]): string {
  const well = outcomes.filter((outcome) => outcome.ok).length;
  const badly = outcomes.length - well;
  if (!badly) return `${count(well, "model")} ${done}.`;
  return well
    ? `${count(well, "model")} ${done}, ${badly} not.`
    : `${badly === 1 ? "The model was not" : "None was"} ${done}.`;
}

/** Save text as a file of the person's computer. */
export function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = h("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** A file's bytes as base64, for a message. */
export function base64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(",")[1] ?? "");
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

/** Put text on the clipboard, also where the page is not served securely. */
export async function copyText(text: string, root: HTMLElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const box = h("textarea", { class: "ivk-sr", value: text });
    root.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
}
