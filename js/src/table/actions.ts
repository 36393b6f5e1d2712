// What can be done to the selected models, and what became of it, model by model.
import { confirm, count, div, h, type Outcome, span } from "../kit";

/** What a verb would do, as Python words it. */
export interface Plan {
  /** "Delete 3 models" */
  ask: string;
  intro: string;
  models: { name: string; size: string; goes: boolean; why: string; path: string }[];
  more: string;
  end: string;
  danger: boolean;
}

/** Ask whether to do it, naming each model and what happens to its files. */
export function confirmPlan(
  root: HTMLElement,
  { ask, intro, models, more, end, danger }: Plan,
): Promise<boolean> {
  const lines = models.map(({ name, size, goes, why, path }) =>
    h(
      "li",
      null,
      div("ivk-planline", h("b", null, name), span("ivk-muted", size)),
      div(goes ? "ivk-goes" : "ivk-muted", why),
      div("ivk-mono ivk-muted", path),
    ),
  );
  const body = [
    h("p", null, intro),
    h("ul", { class: "ivk-plan" }, ...lines, more && h("li", { class: "ivk-muted" }, more)),
    end && h("p", null, h("b", null, end)),
  ];
  return confirm(root, { title: `${ask}?`, body, yes: ask, danger });
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

/** Whether the text is on the clipboard now; also where the page is not served securely. */
export async function copyText(text: string, root: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const before = document.activeElement as HTMLElement;
    const box = h("textarea", { class: "ivk-sr", value: text });
    root.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    before.focus();
    return done;
  }
}
