// What one may know better than InvokeAI about a model, and the access token: folded away.
import { h, type Model, uniqueId } from "../kit";

const FIELDS: [string, string][] = [
  ["base", "Base"],
  ["type", "Type"],
  ["variant", "Variant"],
  ["prediction_type", "Prediction type"],
];

export type Field = HTMLInputElement | HTMLSelectElement;

export class More {
  readonly #description = h("input", { class: "ivk-field", type: "text", autocomplete: "off" });
  readonly #selects = new Map<string, HTMLSelectElement>();
  readonly #token = h("input", {
    class: "ivk-field",
    type: "password",
    autocomplete: "off",
    spellcheck: "false",
    "data-lpignore": "true",
  });
  readonly element: HTMLDetailsElement;

  constructor(model: Model) {
    const choices = model.get("choices") as Record<string, [string, string][]>;
    for (const [name] of FIELDS) {
      const options = (choices[name] ?? []).map(([word, shown]) => h("option", { value: word }, shown));
      this.#selects.set(
        name,
        h("select", { class: "ivk-field" }, h("option", { value: "" }, "As found"), ...options),
      );
    }
    this.element = h(
      "details",
      { class: "ivk-fold" },
      h("summary", null, "More"),
      h(
        "div",
        { class: "ivk-moregrid" },
        labelled("Description", this.#description, "wide"),
        ...FIELDS.map(([name, label]) => labelled(label, this.#selects.get(name)!)),
        h(
          "p",
          { class: "ivk-muted wide" },
          "Leave these as found, unless InvokeAI gets it wrong: what does not fit makes the model unknown.",
        ),
        labelled(
          "Access token",
          this.#token,
          "wide",
          "For this download only. It is not kept or shown here.",
        ),
      ),
    );
  }

  /** What was said about the model, without what was left as found. */
  get config(): Record<string, string> {
    const said: Record<string, string> = {};
    if (this.#description.value.trim()) said.description = this.#description.value.trim();
    for (const [name, select] of this.#selects) if (select.value) said[name] = select.value;
    return said;
  }

  /** The token, which is out of the page from now on. */
  takeToken(): string {
    const token = this.#token.value.trim();
    this.#token.value = "";
    return token;
  }

  get fields(): Field[] {
    return [this.#description, this.#token, ...this.#selects.values()];
  }
}

/** A field with its label above it, and words below it. */
export function labelled(label: string, field: HTMLElement, kind = "", help = ""): HTMLElement {
  field.id ||= uniqueId("field");
  const about = help && h("small", { class: "ivk-muted", id: `${field.id}-help` }, help);
  if (about) field.setAttribute("aria-describedby", about.id);
  return h("div", { class: `ivk-labelled ${kind}` }, h("label", { for: field.id }, label), field, about);
}
