// Whole columns as Python packs them: a deflated JSON document each, dictionary-coded where words repeat.
import type { Columns, Value } from "./rows";

type Document = { values: Value[] } | { words: Value[]; codes: number[] };

/** The values of one column. */
export function decode(document: Document): Value[] {
  if ("values" in document) return document.values;
  const { words, codes } = document;
  return codes.map((code) => words[code]!);
}

/** The columns of a reply. One at a time, so that no frame is held up by all of them. */
export async function unpack(names: string[], buffers: DataView[]): Promise<Columns> {
  const columns: Columns = {};
  for (const [i, name] of names.entries()) {
    const sent = new Response(buffers[i]! as DataView<ArrayBuffer>).body!;
    const text = new Response(sent.pipeThrough(new DecompressionStream("deflate")));
    columns[name] = decode((await text.json()) as Document);
  }
  return columns;
}
