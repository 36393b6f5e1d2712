// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { Filters } from "../src/panel/filters";
import { plot } from "../src/server/plot";

interface Row {
  name: string;
  base: string;
}

const ROWS: Row[] = [
  { name: "Ink wash", base: "sdxl" },
  { name: "Ink lines", base: "flux" },
  { name: "Oil", base: "flux" },
];

function filters(changed = () => {}): Filters<Row> {
  const facet = { id: "base", label: "Base", of: (row: Row) => [row.base] };
  return new Filters<Row>(
    "Search",
    [facet],
    (row) => row.name,
    () => ROWS,
    changed,
  );
}

function type(made: Filters<Row>, text: string): void {
  const field = made.element.querySelector("input")!;
  field.value = text;
  field.dispatchEvent(new Event("input"));
}

describe("filters", () => {
  it("leave all rows at first, as they are", () => {
    expect(filters().apply(ROWS)).toBe(ROWS);
  });

  it("want every word that is searched for", () => {
    const made = filters();
    type(made, "INK li");
    expect(made.apply(ROWS).map((row) => row.name)).toEqual(["Ink lines"]);
  });

  it("go together, and are cleared together", () => {
    let changes = 0;
    const made = filters(() => {
      changes += 1;
    });
    type(made, "ink");
    made.choose("base", ["flux"]);
    expect(made.apply(ROWS).map((row) => row.name)).toEqual(["Ink lines"]);
    expect(made.uses("base")).toBe(true);
    made.clear();
    expect(made.isOn).toBe(false);
    expect(changes).toBe(3);
  });
});

describe("the plot", () => {
  const paths = (room: number) => {
    const [picture] = plot(
      [
        [0, 2e9, 3e9],
        [60, 4e9, 5e9],
      ],
      room,
      120,
    );
    return [...picture!.querySelectorAll("path")].map((path) => path.getAttribute("class"));
  };

  it("shows the limit only where it does not press the rest flat", () => {
    expect(paths(10e9)).toContain("room");
    expect(paths(100e9)).not.toContain("room");
    expect(paths(0)).not.toContain("room");
  });

  it("says in words what it shows", () => {
    const [picture] = plot([[0, 2e9, 3e9]], 0, 120);
    expect(picture!.getAttribute("aria-label")).toBe(
      "In the last 2 min: 2.00 GB loaded now, 3.00 GB used at most.",
    );
  });

  it("stays as it was between two changes, up to now", () => {
    const [picture] = plot(
      [
        [0, 0, 1e9],
        [60, 1e9, 1e9],
      ],
      0,
      120,
    );
    expect(picture!.querySelector(".edge")!.getAttribute("d")).toBe("M0,88H300V6H600");
  });
});
