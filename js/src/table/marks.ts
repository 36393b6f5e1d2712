// Showing text with what was searched for marked.
import { h } from "../kit";

/** The stretches of `text` that match a term, in order and without overlap. */
export function matches(text: string, terms: string[]): [start: number, end: number][] {
  const low = text.toLowerCase();
  if (low.length !== text.length) return []; // a letter whose lower case is longer: places would not fit
  const found: [number, number][] = [];
  for (const term of terms) {
    for (let at = low.indexOf(term); at >= 0; at = low.indexOf(term, at + term.length))
      found.push([at, at + term.length]);
  }
  found.sort((a, b) => a[0] - b[0]);
  const joined: [number, number][] = [];
  for (const [start, end] of found) {
    const last = joined.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else joined.push([start, end]);
  }
  return joined;
}

/** Put text into an element, the matches in <mark>. */
export function setMarked(element: HTMLElement, text: string, terms: string[]): void {
  const found = terms.length ? matches(text, terms) : [];
  if (!found.length) {
    if (element.textContent !== text || element.childElementCount) element.textContent = text;
    return;
  }
  const parts: (Node | string)[] = [];
  let at = 0;
  for (const [start, end] of found) {
    parts.push(text.slice(at, start), h("mark", null, text.slice(start, end)));
    at = end;
  }
  element.replaceChildren(...parts, text.slice(at));
}
