// One family: 16 units, drawn at 14 px with a 1.6 stroke. Each use needs a label beside it.
// One constant each, so that a widget's file holds those that it shows and no others.

/** What an icon is drawn as. */
export type Icon = string & { readonly kind: "icon" };

export const SEARCH = "M11.5 7a4.5 4.5 0 1 1-9 0 4.5 4.5 0 0 1 9 0M10.5 10.5 14 14" as Icon;
export const DOWN = "m4 6 4 4 4-4" as Icon;
export const X = "m4 4 8 8M12 4l-8 8" as Icon;
export const PAUSE = "M5.5 3.5v9M10.5 3.5v9" as Icon;
export const PLAY = "M5 3.5v9l7-4.5z" as Icon;
export const REDO = "M13 8a5 5 0 1 1-1.6-3.7M13 2.5v3h-3" as Icon;
export const TRASH = "M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5" as Icon;
export const COLUMNS =
  "M4 3h8a1.5 1.5 0 0 1 1.5 1.5v7A1.5 1.5 0 0 1 12 13H4a1.5 1.5 0 0 1-1.5-1.5v-7A1.5 1.5 0 0 1 4 3M6.2 3v10M9.8 3v10" as Icon;
export const EDIT = "m3 13 .6-2.8L10.8 3l2.2 2.2-7.2 7.2z" as Icon;
export const COPY = "M6 5.5h6.5v7.5H6zM3.5 10.5v-8h6.5" as Icon;
export const MORE = "M3.5 8h.01M8 8h.01M12.5 8h.01" as Icon;
export const FOLDER = "M2.5 12.5v-9h4l1.5 2h5.5v7z" as Icon;
export const PLUS = "M8 3.5v9M3.5 8h9" as Icon;
export const WARN = "M8 2.5 14 13H2zM8 6.5v3M8 11.2h.01" as Icon;
export const INFO = "M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0M8 7.5v3.5M8 5h.01" as Icon;
export const LOCK = "M4 7.5h8v5.5H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5" as Icon;
export const LINK =
  "M6.5 9.5a2.5 2.5 0 0 0 3.6 0l2.4-2.4a2.5 2.5 0 0 0-3.6-3.6L8 4.4M9.5 6.5a2.5 2.5 0 0 0-3.6 0L3.5 8.9a2.5 2.5 0 0 0 3.6 3.6l.9-.9" as Icon;

const SVG = "http://www.w3.org/2000/svg";

/** An icon, hidden from assistive technology. */
export function icon(drawing: Icon): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", drawing);
  svg.append(path);
  return svg;
}
