// Whole columns as Python packs them: deflated JSON documents of some rows each, dictionary-coded where words repeat.
import type { Columns, Value } from "./rows";

type Document = { values: Value[] } | { words: Value[]; codes: number[] };

/** The values of one document. */
export function decode(document: Document): Value[] {
  if ("values" in document) return document.values;
  const { words, codes } = document;
  return codes.map((code) => words[code]!);
}

/** The columns of a reply, as many documents for each. One at a time, so that no frame is held up by all of them. */
export async function unpack(names: string[], buffers: DataView[]): Promise<Columns> {
  const columns: Columns = Object.fromEntries(names.map((name) => [name, []]));
  for (const [i, buffer] of buffers.entries()) {
    const sent = new Response(buffer as DataView<ArrayBuffer>).body!;
    const text = new Response(sent.pipeThrough(new DecompressionStream("deflate")));
    const name = names[Math.floor((i * names.length) / buffers.length)]!;
    columns[name]!.push(...decode((await text.json()) as Document));
  }
  return columns;
}
