// Models whose file is gone, and the three ways out: it is back, it is elsewhere, or the record goes.
import { button, bytes, confirm, count, fill, h, type Outcome, refill } from "../kit";
import type { Desk } from "../panel/desk";
import { askForm } from "../panel/form";

interface Gone {
  key: string;
  name: string;
  kind: string;
  path: string;
  size: number | null;
}

export class Missing {
  readonly element = h("div");
  /** The model whose path is being changed. */
  #moving: string | null = null;
  /** The button that opens the form of each model. */
  readonly #openers = new Map<string, HTMLElement>();
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  paint(): void {
    const gone = this.#desk.get<Gone[]>("missing");
    const why = this.#desk.get<Record<string, string>>("unsaid").missing;
    if (!gone.length) {
      const fine = this.#desk.get("loaded")
        ? "The server finds the files of all its models."
        : "Asking the server…";
      fill(this.element, h("p", { class: "ivk-muted" }, why ?? fine));
      return;
    }
    if (this.#isTyping(gone)) return; // a field that is being filled in is left alone
    const kept = refill(
      this.element,
      h(
        "p",
        { class: "ivk-muted" },
        "The server has records of these, and does not find their files. Put a file back and identify it again; say where it is now; or drop the record.",
      ),
      h("ul", { class: "ivk-things" }, ...gone.map((model) => this.#item(model))),
      gone.length > 1 &&
        button(`Drop all ${count(gone.length, "record")}…`, () => void this.#drop(gone), {
          kind: "danger",
          disabled: this.#desk.readOnly,
        }),
    );
    if (!kept) this.element.querySelector("button")?.focus(); // its row is gone
  }

  #isTyping(gone: Gone[]): boolean {
    const form = this.element.querySelector("form");
    return !!form?.contains(document.activeElement) && gone.some(({ key }) => key === this.#moving);
  }

  #item(model: Gone): HTMLElement {
    const off = this.#desk.readOnly;
    const back = button("Identify again", () => void this.#reidentify(model, back), {
      kind: "small",
      disabled: off,
    });
    const move = button("Change path…", () => this.#open(model.key), { kind: "small", disabled: off });
    this.#openers.set(model.key, move);
    const drop = button("Drop record…", () => void this.#drop([model]), {
      kind: "small danger",
      disabled: off,
    });
    for (const control of [back, move, drop])
      control.setAttribute("aria-label", `${control.textContent} ${model.name}`);
    return h(
      "li",
      null,
      h(
        "div",
        { class: "ivk-thing" },
        h("div", null, h("b", null, model.name), " ", h("span", { class: "ivk-muted" }, model.kind)),
        h("div", { class: "ivk-mono ivk-muted" }, model.path),
      ),
      h("span", { class: "ivk-num ivk-muted" }, bytes(model.size)),
      h("div", { class: "ivk-acts" }, back, move, drop),
      this.#moving === model.key && this.#form(model),
    );
  }

  #open(key: string | null): void {
    const before = this.#moving;
    this.#moving = key;
    (document.activeElement as HTMLElement | null)?.blur(); // else it would be left alone
    this.paint();
    const opener = this.#openers.get(before ?? "");
    (this.element.querySelector("input") ?? opener)?.focus();
  }

  #form(model: Gone): HTMLElement {
    const field = h("input", {
      class: "ivk-field ivk-mono",
      value: model.path,
      "aria-label": `Where ${model.name} is now, on the server`,
      autocomplete: "off",
      spellcheck: "false",
    });
    const save = button("Change path", () => {}, { kind: "primary small", type: "submit" });
    const cancel = button("Cancel", () => this.#open(null), { kind: "small" });
    const form = askForm(() => this.#move(model, field.value, save), field, save, cancel);
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.#open(null);
    });
    return form;
  }

  async #move({ key, name }: Gone, path: string, control: HTMLElement): Promise<void> {
    const told = await this.#desk.press<{ ok: boolean; message: string }>(control, "move", { key, path });
    if (!told) return;
    this.#desk.report(`${name}: ${told.message}`, []);
    this.#open(null);
  }

  async #reidentify(model: Gone, control: HTMLButtonElement): Promise<void> {
    const done = await this.#desk.press<Outcome[]>(control, "reidentify", { keys: [model.key] });
    if (done)
      this.#desk.report(done[0]?.ok ? `${model.name} is there again.` : "Nothing was identified.", done);
  }

  async #drop(models: Gone[]): Promise<void> {
    const what = count(models.length, "record");
    const yes = await confirm(this.#desk.root, {
      title: `Drop ${what}?`,
      body: [
        h(
          "p",
          null,
          "The server forgets these models, with their settings and covers. Their files are gone already, so none is deleted.",
        ),
        h(
          "ul",
          { class: "ivk-plan" },
          ...models.map(({ name, path }) =>
            h("li", null, h("b", null, name), h("div", { class: "ivk-mono" }, path)),
          ),
        ),
      ],
      yes: `Drop ${what}`,
      danger: true,
    });
    if (!yes) return;
    const done = await this.#desk.ask<Outcome[]>("drop", { keys: models.map(({ key }) => key) });
    const well = done?.filter((outcome) => outcome.ok).length ?? 0;
    if (done) this.#desk.report(`${count(well, "record")} dropped.`, done);
  }
}
