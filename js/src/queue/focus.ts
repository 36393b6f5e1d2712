// Where the focus goes when the button that has it is taken away.

/** The first button in there that is to be seen. */
export const firstButton = (within: Element): HTMLElement | null =>
  within.querySelector<HTMLElement>("button:not([hidden], [hidden] *)");

/** Whether the focus is in there, on something that is to be seen. */
export function hasFocus(within: Element): boolean {
  const focused = document.activeElement;
  return within.contains(focused) && !focused?.closest("[hidden]");
}
