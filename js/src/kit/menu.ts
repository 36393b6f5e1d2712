// A small panel under a button, in the page's top layer so that no cell's edge cuts it. Escape and a click
// elsewhere close it; the focus goes back to the button.
import { h, setAttribute } from "./dom";

const CONTROLS = "input:enabled,button:not([tabindex='-1'])";

/** Open (or, if it is open, close) a panel of `content` under `anchor`, which must lie in an `ivk` root. */
export function toggleMenu(
  anchor: HTMLElement,
  label: string,
  fillPanel: (panel: HTMLElement, close: () => void) => void,
): void {
  const open = anchor.getAttribute("aria-expanded") === "true";
  if (open) return;
  const panel = h("div", { class: "ivk-menu", popover: "auto", role: "dialog", "aria-label": label });
  const end = new AbortController();
  const close = () => panel.hidePopover();
  fillPanel(panel, close);
  anchor.closest(".ivk")!.append(panel);
  panel.addEventListener("toggle", (event) => {
    if ((event as ToggleEvent).newState !== "closed") return;
    end.abort();
    setAttribute(anchor, "aria-expanded", "false");
    if (panel.contains(document.activeElement) || document.activeElement === document.body) anchor.focus();
    panel.remove();
  });
  panel.addEventListener("keydown", walk);
  panel.showPopover();
  new ResizeObserver(() => place(panel, anchor)).observe(panel); // what it holds may come late
  setAttribute(anchor, "aria-expanded", "true");
  addEventListener("scroll", (event) => !panel.contains(event.target as Node) && close(), {
    capture: true,
    signal: end.signal,
  });
  addEventListener("resize", close, { signal: end.signal });
  panel.querySelector<HTMLElement>(CONTROLS)?.focus();
}

function place(panel: HTMLElement, anchor: HTMLElement): void {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const below = at.bottom + 4 + height <= innerHeight || at.top < height;
  panel.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
  panel.style.top = `${below ? Math.min(at.bottom + 4, Math.max(8, innerHeight - height - 8)) : at.top - height - 4}px`;
}

/** Up and down move between the panel's controls. */
function walk(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const panel = event.currentTarget as HTMLElement;
  const all = [...panel.querySelectorAll<HTMLElement>(CONTROLS)];
  const next = all[(all.indexOf(document.activeElement as HTMLElement) + step + all.length) % all.length];
  next?.focus();
  event.preventDefault();
}
