// What is in a repository: its checkpoints, to be ticked.
import { bytes, count, fill, h, setText } from "../kit";

export interface RepositoryFile {
  url: string;
  name: string;
}

/** The answer of the intent `look_up`. */
export interface Found {
  whole?: boolean;
  files?: RepositoryFile[];
  message?: string;
  advice?: string | null;
}

export class Repository {
  readonly element = h("div", { class: "ivk-repo", hidden: true });
  #ticked = new Set<string>();
  readonly #sizes = new Map<string, HTMLElement>();
  #found: Found | null = null;

  constructor(private readonly changed: () => void) {}

  /** The addresses to install instead of the repository itself; null: the repository as a whole. */
  get chosen(): string[] | null {
    const files = this.#found?.files ?? [];
    return !this.#found?.whole && files.length ? [...this.#ticked] : null;
  }

  /** What will happen, in words. */
  get words(): string {
    const files = this.#found?.files ?? [];
    if (this.#found?.whole) return "One model of several files: the server downloads what it needs of it.";
    if (!files.length) return "";
    if (!this.#ticked.size) return "Tick what to install.";
    return `The server downloads ${count(this.#ticked.size, "file")} into its models folder.`;
  }

  wait(): void {
    this.#show(null, h("span", { class: "ivk-muted" }, "Looking it up on Hugging Face…"));
  }

  hide(): void {
    this.#show(null);
  }

  show(found: Found): void {
    const files = found.files ?? [];
    this.#ticked = new Set(files.length === 1 ? [files[0]!.url] : []);
    if (found.message) {
      this.#show(found, h("div", { class: "ivk-wrong" }, `${found.message} ${found.advice ?? ""}`));
    } else if (found.whole || !files.length) {
      this.#show(found);
    } else {
      const title = h("legend", null, `${count(files.length, "checkpoint")} in this repository`);
      this.#show(found, h("fieldset", null, title, ...files.map((file) => this.#line(file))));
    }
  }

  /** How large the files are, by address: told later, as another site is asked for it. */
  tell(sizes: Record<string, number>): void {
    for (const [url, place] of this.#sizes) setText(place, bytes(sizes[url]));
  }

  #show(found: Found | null, ...content: Node[]): void {
    this.#found = found;
    if (!content.length) this.#sizes.clear();
    this.element.hidden = content.length === 0;
    fill(this.element, ...content);
    this.changed();
  }

  #line(file: RepositoryFile): HTMLElement {
    const box = h("input", {
      type: "checkbox",
      checked: this.#ticked.has(file.url),
      onchange: () => {
        if (box.checked) this.#ticked.add(file.url);
        else this.#ticked.delete(file.url);
        this.changed();
      },
    });
    const size = h("span", { class: "ivk-muted" });
    this.#sizes.set(file.url, size);
    return h("label", { class: "ivk-item", title: file.url }, box, h("span", null, file.name), size);
  }
}
