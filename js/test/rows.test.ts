import { describe, expect, it } from "vitest";
import { matches } from "../src/table/marks";
import { decode } from "../src/table/packed";
import { isFiltered, type Query, sortedBy } from "../src/table/rows";

describe("a click on a header", () => {
  const byName: Query["sort"] = [["name", "asc"]];

  it("sorts by the column, then the other way round", () => {
    expect(sortedBy(byName, "type", false)).toEqual([["type", "asc"]]);
    expect(sortedBy([["type", "asc"]], "type", false)).toEqual([["type", "desc"]]);
    expect(sortedBy([["type", "desc"]], "type", false)).toEqual([["type", "asc"]]);
  });

  it("begins with the largest", () => {
    expect(sortedBy(byName, "size", false)).toEqual([["size", "desc"]]);
    expect(sortedBy([["size", "desc"]], "size", false)).toEqual([["size", "asc"]]);
  });

  it("with shift adds the column, or turns it in its place", () => {
    const two = sortedBy(byName, "type", true);
    expect(two).toEqual([
      ["name", "asc"],
      ["type", "asc"],
    ]);
    expect(sortedBy(two, "name", true)).toEqual([
      ["name", "desc"],
      ["type", "asc"],
    ]);
  });
});

describe("marks", () => {
  it("finds every term in upper and lower case, and joins what overlaps", () => {
    expect(matches("RealVisXL real", ["real", "vis"])).toEqual([
      [0, 7],
      [10, 14],
    ]);
    expect(matches("aaaa", ["aa"])).toEqual([[0, 4]]);
    expect(matches("none", ["x"])).toEqual([]);
  });

  it("marks nothing rather than the wrong letters", () => {
    expect(matches("İstanbul", ["stan"])).toEqual([]); // its lower case is longer
  });
});

it("a packed column comes back as it was", () => {
  expect(decode({ values: [1, null, "x"] })).toEqual([1, null, "x"]);
  expect(decode({ words: ["b", null], codes: [0, 1, 0] })).toEqual(["b", null, "b"]);
});

it("spaces are no search", () => {
  expect(isFiltered({ text: "  ", facets: { base: [] }, sort: [] })).toBe(false);
  expect(isFiltered({ text: "", facets: { base: ["sdxl"] }, sort: [] })).toBe(true);
});
