// The cache's size over time: an area of what is loaded, a line of the most that was used, a limit.
import { bytes, duration, h } from "../kit";

const WIDTH = 600;
const HEIGHT = 90;
const SVG = "http://www.w3.org/2000/svg";

type Moment = [at: number, loaded: number, most: number];

function svg(tag: string, attributes: Record<string, string | number>): SVGElement {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}

/** Steps through the moments: between two changes all stays as it was. */
function steps(
  moments: Moment[],
  which: 1 | 2,
  x: (at: number) => number,
  y: (size: number) => number,
): string {
  let path = "";
  for (const moment of moments)
    path += `${path ? "H" : "M"}${x(moment[0])}${path ? "V" : ","}${y(moment[which])}`;
  return `${path}H${WIDTH}`;
}

/** The picture and the words below it. Sizes are bytes, times seconds since the epoch. */
export function plot(moments: Moment[], room: number, now: number): Element[] {
  const [first] = moments[0]!;
  const [, loaded, most] = moments.at(-1)!;
  const span = Math.max(60, now - first);
  const top = Math.max(1, ...moments.map((moment) => Math.max(moment[1], moment[2])));
  // The limit belongs into the picture only if it does not press all else flat.
  const highest = room && room < top * 4 ? Math.max(room, top) : top;
  const x = (at: number) => Math.round(((at - (now - span)) / span) * WIDTH * 10) / 10;
  const y = (size: number) => Math.round((HEIGHT - 2 - (size / highest) * (HEIGHT - 8)) * 10) / 10;
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img" });
  const said = `In the last ${duration(span)}: ${bytes(loaded)} loaded now, ${bytes(most)} used at most.`;
  picture.setAttribute("aria-label", said);
  const area = steps(moments, 1, x, y);
  picture.append(
    svg("path", { class: "area", d: `${area}V${HEIGHT}H${x(first)}Z` }),
    svg("path", { class: "edge", d: area }),
    svg("path", { class: "most", d: steps(moments, 2, x, y) }),
  );
  if (highest === room) picture.append(svg("path", { class: "room", d: `M0,${y(room)}H${WIDTH}` }));
  const legend = h(
    "div",
    { class: "ivk-legend ivk-muted", "aria-hidden": "true" },
    h("span", null, `${duration(span)} ago`),
    h("span", { class: "ivk-spacer" }),
    h("span", { class: "edge" }, "loaded"),
    h("span", { class: "most" }, "most used"),
    highest === room && h("span", { class: "room" }, `room: ${bytes(room)}`),
    h("span", { class: "ivk-spacer" }),
    h("span", null, "now"),
  );
  return [picture, legend];
}
