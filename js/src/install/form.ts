// The form: what is typed, what it is taken for, what will happen, and Install.
import {
  button,
  fill,
  h,
  type Intents,
  type Model,
  setAttribute,
  setText,
  type Unanswered,
  uniqueId,
} from "../kit";
import * as icons from "../kit/icons";
import { type Field, labelled, More } from "./more";
import { type Found, Repository } from "./repository";
import { consequence, NAMES, readSource, type Source } from "./sources";

/** What became of one source. */
export interface Started {
  source: string;
  ok: boolean;
  job: number | null;
  message: string;
  advice: string | null;
}

interface Known {
  models: string[];
  job: boolean;
}

const KNOWN_AFTER = 250; // ms of quiet before Python is asked
const LOOK_UP_AFTER = 700; // the server asks the hub then
const PATIENCE = 30_000;

export class Form {
  readonly #source = h("input", {
    class: "ivk-field",
    type: "text",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "/models/lora.safetensors, https://…, or org/name",
  });
  readonly #kind = h("span", { class: "ivk-takenfor" });
  readonly #name = h("input", {
    class: "ivk-field",
    type: "text",
    autocomplete: "off",
    placeholder: "As found",
  });
  readonly #inPlace = h("input", { type: "checkbox" });
  readonly #inPlaceLine: HTMLElement;
  readonly #what = h("div", { class: "ivk-consequence", role: "status" });
  readonly #known = h("div", { class: "ivk-known", role: "status", hidden: true });
  readonly #wrong = h("div", { class: "ivk-wrong", role: "alert", id: uniqueId("wrong") });
  readonly #repository = new Repository(() => this.#paint());
  readonly #more: More;
  readonly #go: HTMLButtonElement;
  readonly element: HTMLFormElement;
  #typed: Source | null = null;
  #knownTimer = 0;
  #lookTimer = 0;
  #isBusy = false;

  constructor(
    private readonly model: Model,
    private readonly intents: Intents,
    private readonly announce: (text: string) => void,
  ) {
    this.#more = new More(model);
    this.#inPlace.checked = model.get("in_place") as boolean;
    this.#go = button("Install", () => {}, { kind: "primary", type: "submit" }, icons.PLUS);
    this.#inPlaceLine = h(
      "label",
      { class: "ivk-tickline" },
      this.#inPlace,
      h("span", null, "Use it in place"),
    );
    const sourceField = labelled("Source", this.#source, "wide");
    sourceField.firstElementChild!.append(this.#kind);
    this.#source.setAttribute("aria-describedby", this.#wrong.id);
    this.element = h(
      "form",
      { class: "ivk-install-form", novalidate: true },
      h("div", { class: "ivk-typeline" }, sourceField, labelled("Name", this.#name, "name"), this.#go),
      this.#wrong,
      this.#known,
      this.#repository.element,
      h("div", { class: "ivk-fate" }, this.#inPlaceLine, this.#what),
      this.#more.element,
    );
    this.#source.addEventListener("input", () => this.#typedSomething());
    this.#inPlace.addEventListener("change", () => this.#paint());
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
      event.preventDefault(); // JupyterLab takes Enter away before it could submit
      this.element.requestSubmit();
    });
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#install();
    });
    this.#paint();
  }

  /** The connection is read-only, or not. */
  readOnlyChanged(): void {
    this.#paint();
  }

  end(): void {
    clearTimeout(this.#knownTimer);
    clearTimeout(this.#lookTimer);
  }

  // -- while one types ------------------------------------------------------------------------------------

  #typedSomething(): void {
    this.#typed = readSource(this.#source.value);
    this.#complain("");
    this.#known.hidden = true;
    this.end();
    this.#repository.hide();
    if (!this.#typed) return;
    const { text, repo } = this.#typed;
    this.#knownTimer = window.setTimeout(() => void this.#askKnown(text), KNOWN_AFTER);
    if (repo) this.#lookTimer = window.setTimeout(() => void this.#lookUp(text, repo), LOOK_UP_AFTER);
  }

  async #askKnown(source: string): Promise<void> {
    const known = await this.#quietly<Known>("known", { source });
    if (known && this.#typed?.text === source) this.#showKnown(known);
  }

  #showKnown({ models, job }: Known): void {
    const names = models.slice(0, 3).map((name) => `“${name}”`);
    const more = models.length > 3 ? ` and ${models.length - 3} more` : "";
    const again =
      this.#typed?.kind === "path" && this.#inPlace.checked
        ? "The server will refuse it."
        : "Another install makes a second model of it.";
    const said = job
      ? "It is being installed already: the server goes on with that, without what is said here."
      : models.length
        ? `Already installed as ${names.join(", ")}${more}. ${again}`
        : "";
    setText(this.#known, said);
    this.#known.hidden = !said;
  }

  async #lookUp(source: string, repo: string): Promise<void> {
    this.#repository.wait();
    const found = await this.#quietly<Found>("look_up", { repo });
    if (this.#typed?.text !== source) return;
    if (!found) return this.#repository.hide();
    this.#repository.show(found);
    const urls = (found.files ?? []).map((file) => file.url);
    const sizes = urls.length && (await this.#quietly<Record<string, number>>("sizes", { urls }));
    if (sizes && this.#typed?.text === source) this.#repository.tell(sizes);
  }

  /** The answer to a question that nobody waits for; null if there is none. */
  async #quietly<T>(verb: string, args: object): Promise<T | null> {
    try {
      return await this.intents.ask<T>(verb, args, PATIENCE);
    } catch {
      return null;
    }
  }

  #paint(): void {
    const source = this.#typed;
    const readOnly = this.model.get("read_only") as boolean;
    const moves = this.model.get("moves") as boolean;
    const isPath = source?.kind === "path";
    setText(this.#kind, source ? NAMES[source.kind] : "");
    this.#inPlaceLine.classList.toggle("ivk-off", source !== null && !isPath);
    this.#inPlace.disabled = readOnly || (source !== null && !isPath);
    const isMove = isPath && !this.#inPlace.checked && moves;
    this.#what.classList.toggle("warn", isMove || Boolean(source?.hint));
    const words = source && [
      source.hint,
      this.#repository.words || consequence(source, this.#inPlace.checked, moves),
    ];
    setText(this.#what, words ? words.filter(Boolean).join(" ") : this.#unasked(moves));
    this.#go.disabled = readOnly; // not while it is busy: that would lose the focus
    setAttribute(this.#go, "title", readOnly ? "Read-only: nothing can be installed here" : null);
    setAttribute(this.#go, "aria-busy", this.#isBusy ? "true" : null);
    for (const field of this.#fields) field.disabled = readOnly;
  }

  #unasked(moves: boolean): string {
    if (this.#inPlace.checked) return "A file on the server stays where it is.";
    return `A file on the server is ${moves ? "MOVED" : "copied"} into InvokeAI's models folder.`;
  }

  #complain(text: string, advice: string | null = null): void {
    fill(this.#wrong, text && h("b", null, text), advice && ` ${advice}`);
    setAttribute(this.#source, "aria-invalid", text ? "true" : null);
  }

  // -- Install --------------------------------------------------------------------------------------------

  async #install(): Promise<void> {
    if (this.#isBusy || (this.model.get("read_only") as boolean)) return;
    const sources = this.#repository.chosen ?? (this.#typed ? [this.#typed.text] : []);
    if (!sources.length) {
      this.#complain(
        this.#typed ? "Nothing is ticked." : "The source is empty.",
        this.#typed
          ? "Tick at least one file."
          : "Type a path on the server, a URL, or a repository org/name.",
      );
      this.#source.focus();
      return;
    }
    const name = this.#name.value.trim();
    const config = { ...this.#more.config, ...(name && sources.length === 1 ? { name } : {}) };
    const token = this.#more.takeToken();
    const sent = new Map(this.#fields.map((field) => [field, field.value]));
    this.#isBusy = true;
    this.#paint();
    try {
      const args = { sources, in_place: this.#inPlace.checked, token, config };
      this.#report(await this.intents.ask<Started[]>("install", args, PATIENCE * sources.length), sent);
    } catch (error) {
      const { message, advice } = error as Unanswered;
      this.#complain(message, advice);
    }
    this.#isBusy = false;
    this.#paint();
  }

  #report(started: Started[], sent: Map<Field, string>): void {
    const failed = started.filter((each) => !each.ok);
    if (failed.length) {
      const { message, advice, source } = failed[0]!;
      const many =
        started.length > 1 ? `${started.length - failed.length} started, ${failed.length} not. ` : "";
      this.#complain(`${many}${many ? `${source}: ` : ""}${message}`, advice);
      if (document.activeElement === this.#go) this.#source.focus(); // else something is being typed
      return;
    }
    this.#clear(sent);
    this.announce(started.length === 1 ? "Install started." : `${started.length} installs started.`);
  }

  /** Empty what is as it was sent; what was typed meanwhile is for the next install. */
  #clear(sent: Map<Field, string>): void {
    const same = this.#fields.filter((field) => field.value === sent.get(field));
    for (const field of same) field.value = "";
    if (same.includes(this.#source)) this.#typedSomething();
    if (same.length === sent.size) this.#source.focus();
  }

  get #fields(): Field[] {
    return [this.#source, this.#name, ...this.#more.fields];
  }
}
