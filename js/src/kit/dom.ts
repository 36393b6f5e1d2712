// Making elements. Strings become text nodes and nothing here parses markup: what a server sends stays text.

export type Child = Node | string | number | null | undefined | false;

/** Attributes and properties of an element: `on…` are listeners, booleans switch attributes, null leaves out. */
export type Props = Record<string, unknown>;

/** An element: `h("button", {class: "ivk-btn", onclick: go}, "Go")`. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props?: Props | null,
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (props) setProps(element, props);
  append(element, children);
  return element;
}

/** A `div` of that class, or of none. */
export const div = (kind: string, ...children: Child[]): HTMLDivElement =>
  h("div", { class: kind || null }, ...children);

/** A `span` of that class, or of none. */
export const span = (kind: string, ...children: Child[]): HTMLSpanElement =>
  h("span", { class: kind || null }, ...children);

function setProps(element: Element, props: Props): void {
  for (const [name, value] of Object.entries(props)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value as EventListener);
    else if (name === "value" || name === "checked" || name === "disabled" || name === "indeterminate")
      (element as unknown as Props)[name] = value;
    else setAttribute(element, name, value);
  }
}

/** Set, change or (false, null, undefined) remove an attribute; touches the page only if it differs. */
export function setAttribute(element: Element, name: string, value: unknown): void {
  if (value === false || value === null || value === undefined) element.removeAttribute(name);
  else {
    const text = value === true && !name.startsWith("aria-") ? "" : String(value);
    if (element.getAttribute(name) !== text) element.setAttribute(name, text);
  }
}

export function append(element: Element, children: Child[]): void {
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) element.append(child as Node | string);
  }
}

/** Replace all children. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren();
  append(element, children);
}

const nameOf = (element: Element) => element.getAttribute("aria-label") ?? element.textContent;

/**
 * Replace all children. The focus, if one of them had it, goes to the one that is named alike now; false if there is
 * none such, so that the caller finds it another place.
 */
export function refill(element: Element, ...children: Child[]): boolean {
  const active = document.activeElement!;
  const name = element.contains(active) ? nameOf(active) : null;
  fill(element, ...children);
  if (name === null) return true;
  const heir = [...element.querySelectorAll<HTMLElement>("button,input,textarea")].find(
    (e) => nameOf(e) === name,
  );
  heir?.focus();
  return !!heir;
}

/** Change an element's text only if it differs, so that nothing is laid out anew for nothing. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

// Each widget on a page has this module for itself.
const module = Math.random().toString(36).slice(2);
let ids = 0;
/** An id that is unique in the page, for aria references. */
export function uniqueId(stem: string): string {
  ids += 1;
  return `ivk-${stem}-${module}-${ids}`;
}
