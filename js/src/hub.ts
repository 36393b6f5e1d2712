// The server's login at Hugging Face. The token goes from the field into one message and is cleared.
import { button, confirm, fill, h, icon, type Model, setAttribute, setText, uniqueId, widget } from "./kit";
import * as icons from "./kit/icons";
import { Desk, isBusy } from "./panel/desk";
import { askForm } from "./panel/form";

interface Status {
  status: string;
  text: string;
  note: string | null;
}

interface LookedUp {
  repo: string;
  url: string;
  ok: boolean;
  text: string;
}

const TOKENS = "https://huggingface.co/settings/tokens";
const LOOKS: Record<string, string> = { valid: "live", invalid: "", unknown: "polling" };

function link(url: string, text: string): HTMLAnchorElement {
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, text);
}

class HubView {
  readonly #desk: Desk;
  readonly #state = h("div", { class: "ivk-hubstate", role: "status" });
  readonly #field: HTMLInputElement;
  readonly #login = button("Log in", () => {}, { kind: "primary", type: "submit" });
  readonly #logout = button("Log out…", () => void this.#leave());
  readonly #again = button("Check again", () => void this.#desk.press(this.#again, "refresh"));
  readonly #gated = h("div", { class: "ivk-gated" });
  readonly #found = h("div", { class: "ivk-found", role: "status" });

  constructor(root: HTMLElement, model: Model, signal: AbortSignal) {
    this.#desk = new Desk(root, model, signal);
    this.#field = h("input", {
      class: "ivk-field ivk-mono",
      type: "password",
      autocomplete: "off",
      spellcheck: "false",
      id: uniqueId("token"),
      placeholder: "hf_…",
    });
    root.append(
      h(
        "div",
        { class: "ivk-hubhead" },
        this.#state,
        h("span", { class: "ivk-spacer" }),
        this.#again,
        this.#logout,
      ),
      this.#desk.notices.element,
      this.#loginForm(),
      this.#lookUpForm(),
      this.#gated,
    );
    this.#desk.watch(["hf", "read_only", "loading", "loaded"], () => this.#paint());
    this.#desk.watch(["gated"], () => this.#paintGated());
  }

  #loginForm(): HTMLElement {
    const label = h("label", { for: this.#field.id }, "Access token");
    const form = askForm(() => this.#enter(), label, this.#field, this.#login);
    const hint = h(
      "p",
      { class: "ivk-muted" },
      "The server keeps it, this notebook does not. Make one that may read, at ",
      link(TOKENS, "huggingface.co/settings/tokens"),
      ".",
    );
    return h("section", null, form, hint);
  }

  #lookUpForm(): HTMLElement {
    const field = h("input", {
      class: "ivk-field ivk-mono",
      autocomplete: "off",
      spellcheck: "false",
      id: uniqueId("repo"),
      placeholder: "org/name",
    });
    const look = button("Check", () => {}, { type: "submit" });
    const label = h("label", { for: field.id }, "Repository");
    const form = askForm(() => this.#look(field.value, look), label, field, look);
    return h("section", null, form, this.#found);
  }

  async #look(repo: string, control: HTMLElement): Promise<void> {
    const told = await this.#desk.press<LookedUp>(control, "look_up", { repo });
    this.#found.className = `ivk-found ${told?.ok ? "ok" : "no"}`;
    fill(this.#found, ...(told ? [`${told.text} `, link(told.url, `Page of ${told.repo}`)] : []));
  }

  async #enter(): Promise<void> {
    if (isBusy(this.#login)) return; // what was typed since stays
    const token = this.#field.value;
    this.#field.value = "";
    if (!token.trim()) return this.#field.focus();
    const status = await this.#desk.press<Status>(this.#login, "login", { token });
    this.#paint();
    if (status) this.#desk.announce([status.text, status.note].filter(Boolean).join(" "));
  }

  async #leave(): Promise<void> {
    const yes = await confirm(this.#desk.root, {
      title: "Log the server out of Hugging Face?",
      body: [
        h(
          "p",
          null,
          "The server forgets its token, for all who use it. Gated repositories can then not be fetched.",
        ),
      ],
      yes: "Log out",
      danger: true,
    });
    if (yes) await this.#desk.press(this.#logout, "logout");
    this.#paint();
  }

  #paint(): void {
    const hf = this.#desk.get<Status | null>("hf");
    const readOnly = this.#desk.readOnly;
    const unasked = this.#desk.get("loading") || !this.#desk.get("loaded");
    const unknown = unasked ? "Asking the server…" : "Whether the server is logged in is not known.";
    fill(
      this.#state,
      h("span", { class: `ivk-link ${LOOKS[hf?.status ?? ""] ?? ""}` }, h("i", { class: "ivk-dot" })),
      h(
        "div",
        null,
        h("b", null, hf?.text ?? unknown),
        hf?.note && h("div", { class: "ivk-muted" }, hf.note),
      ),
    );
    this.#logout.hidden = !hf || hf.status === "invalid";
    this.#logout.disabled = this.#field.disabled = this.#login.disabled = readOnly;
    for (const control of [this.#logout, this.#login])
      setAttribute(control, "title", readOnly ? "Read-only" : null);
    setText(this.#login, hf?.status === "valid" ? "Use another token" : "Log in");
  }

  /** Repositories whose files were refused: their licence is accepted on their page. */
  #paintGated(): void {
    const gated = this.#desk.get<{ repo: string; url: string }[]>("gated");
    this.#gated.hidden = !gated.length;
    fill(
      this.#gated,
      icon(icons.LOCK),
      h(
        "div",
        null,
        h("div", null, "These repositories refused a download. Accept their licence on their pages:"),
        ...gated.map(({ repo, url }) => h("div", null, link(url, repo))),
      ),
    );
  }
}

export default widget("hub", (root, model, signal) => {
  new HubView(root, model, signal);
});
