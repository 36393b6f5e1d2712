// The models and bundles that InvokeAI suggests.
import {
  badge,
  button,
  bytes,
  confirm,
  count,
  fill,
  h,
  hear,
  iconButton,
  type Model,
  number,
  setText,
  widget,
} from "./kit";
import * as icons from "./kit/icons";
import { Desk } from "./panel/desk";
import type { Facet } from "./panel/filters";
import type { RowFace } from "./panel/list";
import { Offers } from "./panel/offers";
import { setMarked } from "./table/marks";

interface Starter {
  key: string;
  name: string;
  description: string;
  type: string;
  base: string;
  type_label: string;
  base_label: string;
  /** Bytes, as the description tells; null if it does not. */
  size: number | null;
  size_with_needs: boolean;
  needs: string[];
}

interface Bundle {
  name: string;
  keys: string[];
}

const NAMED = 12; // models named in the dialog

class StartersView {
  readonly #desk: Desk;
  readonly #offers: Offers<Starter>;
  readonly #bundles = h("ul", { class: "ivk-bundles", "aria-label": "Bundles" });
  #indexed: Starter[] = [];
  #byKey = new Map<string, Starter>();

  constructor(root: HTMLElement, model: Model, signal: AbortSignal) {
    this.#desk = new Desk(root, model, signal);
    this.#offers = new Offers<Starter>(this.#desk, {
      label: "Starter models",
      text: (row) => `${row.name} ${row.description} ${row.type_label} ${row.base_label} ${row.key}`,
      name: (row) => row.name,
      facets: [this.#labelled("base"), this.#labelled("type"), this.#bundleFacet()],
      make: () => this.#makeRow(),
      amount: (keys) => this.#amount(this.#withNeeds(keys)),
      verb: () => "Install",
      all: () => this.#offers.filters.isOn,
      asks: (keys) => this.#withNeeds(keys).length > 1,
      confirm: (keys) => this.#confirm(keys),
      empty: () => (this.#desk.get("loaded") ? "This server suggests no models." : ""),
    });
    const again = iconButton(icons.REDO, "Refresh", () => void this.#desk.press(again, "refresh"));
    this.#offers.filters.element.append(h("span", { class: "ivk-spacer" }), again);
    root.append(this.#desk.notices.element, this.#bundles, this.#offers.element);
    this.#offers.start();
    this.#desk.watch(["bundles", "head", "read_only"], () => this.#paintBundles());
    hear(model, signal, (content: { kind?: string }) => {
      if (content?.kind === "states") this.#paintBundles();
    });
  }

  #labelled(id: "base" | "type"): Facet<Starter> {
    const labels = new Map<string, string>();
    const of = (row: Starter) => {
      labels.set(row[id], row[`${id}_label`]);
      return [row[id]];
    };
    return { id, label: id === "base" ? "Base" : "Type", of, name: (word) => labels.get(word) ?? word };
  }

  #bundleFacet(): Facet<Starter> {
    const of = (row: Starter) =>
      this.#all.filter(({ keys }) => keys.includes(row.key)).map(({ name }) => name);
    return { id: "bundle", label: "Bundle", of };
  }

  get #all(): Bundle[] {
    return this.#desk.get<Bundle[]>("bundles");
  }

  #starter(key: string): Starter | undefined {
    const { rows } = this.#offers;
    if (this.#indexed !== rows) {
      this.#indexed = rows;
      this.#byKey = new Map(rows.map((row) => [row.key, row]));
    }
    return this.#byKey.get(key);
  }

  /** The keys and what they need beside themselves, without what is installed. */
  #withNeeds(keys: string[]): string[] {
    const all = new Set<string>();
    const add = (key: string) => {
      if (all.has(key)) return;
      all.add(key);
      for (const need of this.#starter(key)?.needs ?? []) add(need);
    };
    for (const key of keys) add(key);
    return this.#offers.open([...all]);
  }

  /** "about 12.30 GB, and 2 of unknown size": only what the descriptions tell. */
  #amount(keys: string[]): string {
    const counted = new Set<string>();
    for (const key of keys) {
      const starter = this.#starter(key);
      if (starter?.size_with_needs) for (const need of starter.needs) counted.add(need);
    }
    let sum = 0;
    let unknown = 0;
    for (const key of keys) {
      if (counted.has(key)) continue;
      const size = this.#starter(key)?.size;
      if (size) sum += size;
      else unknown += 1;
    }
    const parts = [sum && `about ${bytes(sum)}`, unknown && `${number(unknown)} of unknown size`];
    return parts.filter(Boolean).join(", and ");
  }

  #makeRow(): RowFace<Starter> {
    const name = h("span", { class: "ivk-what" });
    const about = h("span", { class: "ivk-muted ivk-where" });
    const type = h("div", { class: "ivk-kind ivk-type" });
    const base = h("div", { class: "ivk-kind" });
    const size = h("div", { class: "ivk-muted ivk-size" });
    const cell = h("div", { class: "ivk-path" }, name, about);
    return {
      cells: [cell, type, base, size],
      paint: (row) => {
        const { terms } = this.#offers.filters;
        const needs = this.#offers.open(row.needs).length;
        const more = needs ? ` · needs ${count(needs, "other model")}` : "";
        setMarked(name, row.name, terms);
        setMarked(about, row.description + more, terms);
        cell.title = `${row.name}\n${row.description}\n${row.key}`;
        fill(type, badge(row.type, row.type_label));
        fill(base, badge(row.base, row.base_label));
        setText(size, row.size ? `~${bytes(row.size)}` : "");
        size.title = row.size_with_needs ? "With all that it needs" : "";
      },
    };
  }

  #paintBundles(): void {
    const items = this.#all.map((bundle) => this.#bundle(bundle));
    this.#bundles.hidden = !items.length;
    const at = [...this.#bundles.querySelectorAll("button")].indexOf(
      document.activeElement as HTMLButtonElement,
    );
    fill(this.#bundles, ...items);
    if (at >= 0) this.#bundles.querySelectorAll("button")[at]?.focus();
  }

  #bundle({ name, keys }: Bundle): HTMLElement {
    const open = this.#offers.open(keys);
    const working = keys.filter((key) => this.#offers.state(key)[0] === "working").length;
    const there = keys.length - open.length - working;
    const amount = open.length ? this.#amount(this.#withNeeds(open)) : "";
    const said = [`${there} of ${keys.length} installed`, working && `${working} on the way`, amount];
    const go = button("Install", () => void this.#offers.install(keys, go), {
      kind: "small",
      "aria-label": `Install the bundle ${name}`,
      disabled: !open.length || this.#desk.readOnly,
    });
    const title = h(
      "button",
      { type: "button", class: "ivk-plainbtn", onclick: () => this.#offers.filters.choose("bundle", [name]) },
      name,
    );
    title.title = `Show what is in ${name}`;
    return h(
      "li",
      null,
      h("div", null, title, h("div", { class: "ivk-muted" }, said.filter(Boolean).join(" · "))),
      open.length || working ? go : h("span", { class: "ivk-muted" }, "Installed"),
    );
  }

  /** One model that needs nothing is not asked about; anything more is, with what comes along. */
  async #confirm(keys: string[]): Promise<object | null> {
    const all = this.#withNeeds(keys);
    if (all.length <= 1) return {};
    const along = all.length - keys.length;
    const amount = this.#amount(all);
    const words = [
      along && `${along} of them only because others need ${along === 1 ? "it" : "them"}.`,
      amount && `The server would fetch ${amount}.`,
    ];
    const named = all.slice(0, NAMED).map((key) => this.#planned(key, keys.includes(key)));
    const more = all.length - named.length;
    const what = `Install ${count(all.length, "model")}`;
    const yes = await confirm(this.#desk.root, {
      title: `${what}?`,
      body: [
        h("p", null, words.filter(Boolean).join(" ")),
        h("ul", { class: "ivk-plan" }, ...named, more > 0 && h("li", null, `and ${number(more)} more`)),
      ],
      yes: what,
    });
    return yes ? {} : null;
  }

  #planned(key: string, asked: boolean): HTMLElement {
    const row = this.#starter(key);
    const size = h("span", { class: "ivk-muted" }, row?.size ? `~${bytes(row.size)}` : "");
    const line = h("div", { class: "ivk-planline" }, h("b", null, row?.name ?? key), size);
    return h("li", null, line, !asked && h("div", { class: "ivk-muted" }, "needed by another one"));
  }
}

export default widget("starters", (root, model, signal) => {
  new StartersView(root, model, signal);
});
