// What Python packs (widgets/table/rows.py) comes out as it went in.
import { expect, it } from "vitest";
import { unpack } from "../src/table/packed";

async function pack(document: unknown): Promise<DataView> {
  const text = new Response(JSON.stringify(document)).body!;
  return new DataView(await new Response(text.pipeThrough(new CompressionStream("deflate"))).arrayBuffer());
}

it("puts the documents of each column together, words and values", async () => {
  const documents = [
    { values: ["a", "b"] },
    { words: ["sdxl", null], codes: [0, 1] },
    { values: ["c"] },
    { values: [] },
    { words: [true], codes: [0, 0] },
    { values: [7] },
  ];
  expect(await unpack(["key", "base"], await Promise.all(documents.map(pack)))).toEqual({
    key: ["a", "b", "sdxl", null, "c"],
    base: [true, true, 7],
  });
  expect(await unpack(["key"], [await pack({ values: [] })])).toEqual({ key: [] });
});
