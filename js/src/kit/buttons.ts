// The kinds of buttons there are.
import { type Child, h, type Props } from "./dom";
import { type Icon, icon } from "./icons";

interface ButtonProps extends Props {
  /** "primary" | "danger" | "quiet" | "small", several by spaces. */
  kind?: string;
}

/** A button with text, and an icon before it if named. */
export function button(
  text: string,
  go: (event: MouseEvent) => void,
  props: ButtonProps = {},
  before?: Icon,
): HTMLButtonElement {
  return make(props, go, [before ? icon(before) : null, text]);
}

/** A square button with an icon only; `label` is for assistive technology and the tooltip. */
export function iconButton(
  drawing: Icon,
  label: string,
  go: (event: MouseEvent) => void,
  props: ButtonProps = {},
): HTMLButtonElement {
  return make({ ...props, kind: `icon ${props.kind ?? ""}`, "aria-label": label, title: label }, go, [
    icon(drawing),
  ]);
}

function make(props: ButtonProps, go: (event: MouseEvent) => void, children: Child[]): HTMLButtonElement {
  const { kind = "", ...rest } = props;
  return h("button", { type: "button", class: `ivk-btn ${kind}`.trim(), onclick: go, ...rest }, ...children);
}
