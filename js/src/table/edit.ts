// The form for what can be changed of a model. Python says which fields there are and what they may hold.
import { button, div, fill, h, type Refused, uniqueId } from "../kit";

export interface Field {
  name: string;
  label: string;
  kind: "text" | "long" | "lines" | "number" | "choice" | "flag";
  value: string | number | boolean | null;
  group?: string;
  help?: string;
  min?: number;
  max?: number;
  step?: number;
  options?: string[];
  required?: boolean;
}

export interface Editor {
  fields: Field[];
}

interface EditEvents {
  save(changes: Record<string, unknown>): Promise<void>;
  cancel(): void;
}

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** The form. It sends only what was changed, and shows what is refused beside it. */
export function editForm(editor: Editor, events: EditEvents): HTMLFormElement {
  const controls: { field: Field; made: Control; before: Field["value"] }[] = [];
  const wrong = h("div", { class: "ivk-wrong", role: "alert" });
  const save = button("Save", () => {}, { kind: "primary", type: "submit" });
  const form = h("form", { class: "ivk-form", novalidate: false });
  let group: string | undefined;
  for (const field of editor.fields) {
    if (field.group && field.group !== group) form.append(div("ivk-muted ivk-group", field.group));
    group = field.group;
    const made = control(field);
    // A control may read otherwise than what it was given, e.g. without line feeds: that is no change of the person's.
    controls.push({ field, made, before: read(field, made) });
    form.append(labelled(field, made));
  }
  form.append(wrong, div("ivk-dialog-acts", button("Cancel", events.cancel), save));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (save.ariaDisabled) return; // it is being saved; a disabled button would lose the focus
    const changes: Record<string, unknown> = {};
    for (const { field, made, before } of controls) {
      const value = read(field, made);
      if (value !== before) changes[field.name] = value;
    }
    save.ariaDisabled = "true";
    fill(wrong);
    try {
      await events.save(changes);
    } catch (error) {
      const { message, advice } = error as Refused;
      fill(wrong, [message, advice].filter(Boolean).join(" "));
      save.ariaDisabled = null;
    }
  });
  return form;
}

function control(field: Field): Control {
  const { kind, value } = field;
  const text = value === null ? "" : String(value);
  const common = { class: "ivk-field", id: uniqueId("field"), required: field.required ?? false };
  if (kind === "long" || kind === "lines") return h("textarea", { ...common, rows: 3, value: text });
  if (kind === "choice" || kind === "flag") return choice(field, common);
  const numeric =
    kind === "number"
      ? { type: "number", min: field.min, max: field.max, step: field.step ?? "any" }
      : { type: "text" };
  return h("input", { ...common, ...numeric, value: text, autocomplete: "off" });
}

/** A choice can always be none; a value that is not among the options (of a newer server) stays possible. */
function choice(field: Field, common: object): HTMLSelectElement {
  const options = field.kind === "flag" ? ["true", "false"] : [...(field.options ?? [])];
  const text = field.value === null ? "" : String(field.value);
  if (text && !options.includes(text)) options.push(text);
  const words: Record<string, string> = { "": "not set", true: "yes", false: "no" };
  const all = ["", ...options].map((o) => h("option", { value: o, selected: o === text }, words[o] ?? o));
  const select = h("select", { ...common }, ...all);
  select.value = text;
  return select;
}

function read(field: Field, made: Control): Field["value"] {
  const text = made.value;
  if (field.kind === "flag") return text === "" ? null : text === "true";
  if (field.kind === "number") return text === "" ? null : Number(text);
  return text === "" && (field.value === null || field.kind === "choice") ? null : text;
}

function labelled(field: Field, made: Control): HTMLElement {
  const help = field.help ? h("small", { class: "ivk-muted", id: uniqueId("help") }, field.help) : null;
  if (help) made.setAttribute("aria-describedby", help.id);
  return div(`ivk-row-${field.kind}`, h("label", { for: made.id }, field.label), made, help);
}
