// The browser's search, sort and counts obey the same rules as the kernel's: tests/unit/library/test_query.py reads
// the same file.
import { describe, expect, it } from "vitest";
import views from "../../tests/unit/library/views.json";
import { LocalRows } from "../src/table/local";
import type { Columns, Facets, Labels, Query } from "../src/table/rows";

interface Sample {
  columns: Columns;
  labels: Labels;
  views: { query: Query; keys: string[]; counts: Facets }[];
}

const sample = views as unknown as Sample;
const rows = () => new LocalRows(structuredClone(sample.columns), 1, () => sample.labels);

const present = (facets: Facets) =>
  Object.fromEntries(
    Object.entries(facets).map(([facet, counts]) => [
      facet,
      Object.fromEntries(Object.entries(counts).filter(([, amount]) => amount)),
    ]),
  );

describe("a view", () => {
  it.each(sample.views.map((view) => [JSON.stringify(view.query), view] as const))(
    "leaves the same as in the kernel: %s",
    async (_, { query, keys, counts }) => {
      const local = rows();
      await local.show(query);
      expect(await local.keys(0, local.count)).toEqual(keys);
      expect(present(await local.facets())).toEqual(counts);
    },
  );

  it("knows its bytes beyond 32 bits", () => {
    const local = rows();
    local.showNow({ text: "", facets: {}, sort: [["size", "desc"]] });
    expect(local.row(0)?.size).toBe(24_000_000_003);
    expect(local.bytes).toBe(24_000_000_003 + 7_000_000_000 + 2 ** 31 + 100 + 100 + 5);
    expect(local.bytesOf(["c", "a"])).toBe(31_000_000_003);
    expect(local.bytesOf(["c", "not here"])).toBeNull();
  });
});

it("finds a model by the label that came with it", async () => {
  let labels: Labels = {};
  const local = new LocalRows(structuredClone(sample.columns), 1, () => labels);
  labels = { type: { main: "Grand" } };
  await local.show({ text: "grand", facets: {}, sort: [["name", "asc"]] });
  const types = Array.from({ length: local.count }, (_, n) => local.row(n)?.type);
  expect(new Set(types)).toEqual(new Set(["main"]));
});

describe("a change made elsewhere", () => {
  const query: Query = { text: "", facets: {}, sort: [["name", "asc"]] };
  const put = (fields: Record<string, unknown>): Columns =>
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, [value as string]]));

  it("puts new rows, changes known ones and drops those that are gone", async () => {
    const local = rows();
    const known = { key: "a", name: "Aardvark", type: "main", base: "sdxl", size: 1, state: 0, cover: false };
    local.apply({ before: 1, revision: 2, put: put(known), gone: ["b", "c"] });
    local.apply({ before: 2, revision: 3, put: put({ ...known, key: "n", name: "New" }), gone: [] });
    expect(local.revision).toBe(3);
    local.showNow(query);
    expect(await local.keys(0, 99)).toEqual(["e", "a", "f", "n", "d", "g"]);
    expect(local.total).toBe(6);
    expect(await local.place("n")).toBe(3);
    expect(await local.place("b")).toBe(-1);
  });

  it("is found by a search, with its new words only", async () => {
    const local = rows();
    local.warm();
    const changed = { key: "a", name: "Horse", type: "main", base: "sdxl", size: 1, state: 0, cover: false };
    local.apply({ before: 1, revision: 2, put: put(changed), gone: [] });
    local.showNow({ ...query, text: "horse" });
    expect(await local.keys(0, 9)).toEqual(["a"]);
    local.showNow({ ...query, text: "zebra" });
    expect(local.count).toBe(0);
  });
});
