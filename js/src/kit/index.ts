// The kit: what all widgets of this package are made of.
export { type Announce, announcer } from "./announce";
export { button, iconButton } from "./buttons";
export { confirm } from "./dialog";
export {
  append,
  type Child,
  div,
  fill,
  h,
  type Props,
  refill,
  setAttribute,
  setText,
  span,
  uniqueId,
} from "./dom";
export { ago, bytes, count, duration, number } from "./format";
export { badge, hue } from "./hues";
export { type Icon, icon } from "./icons";
export { type Answer, Intents, type Outcome, Refused, Unanswered } from "./intents";
export { atEnd, every, hear } from "./life";
export { toggleMenu } from "./menu";
export { Notices } from "./notices";
export { clock, type Link, type Problem, showProblem } from "./problem";
export { type Host, type Model, oncePerFrame, watch, widget } from "./widget";
