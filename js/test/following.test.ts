// @vitest-environment happy-dom
// Rows and covers that come late, or not at all.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Intents } from "../src/kit";
import { Covers } from "../src/table/covers";
import type { Desk } from "../src/table/desk";
import { Following } from "../src/table/following";
import { LocalRows } from "../src/table/local";
import { unpack } from "../src/table/packed";

vi.mock("../src/table/packed", () => ({ unpack: vi.fn() }));

const QUERY = { text: "", facets: {}, sort: [["name", "asc"]] };

function rowsOf(keys: string[]) {
  const same = (value: unknown) => keys.map(() => value);
  const columns: Record<string, unknown[]> = {
    key: keys,
    name: keys,
    size: same(1),
    state: same(0),
    cover: same(false),
  };
  for (const name of ["type", "base", "format", "variant", "source_type", "description", "source", "path"])
    columns[name] = same(null);
  return columns as never;
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

interface Head {
  local: boolean;
  largest: number;
}

/** A table that shows revision 6 of the rows, and what Python says when it is asked for all rows. */
function deskWith(head: Head, askAll: () => Promise<unknown>): Desk {
  return {
    shown: { source: new LocalRows(rowsOf(["a"]), 6, {}), query: QUERY, painting: {} },
    layout: { shown: ["trigger_phrases"] },
    traits: { get: (name: string) => (name === "head" ? head : {}) },
    intents: { askAll },
    signal: new AbortController().signal,
    notices: { set: () => {} },
    grid: { top: () => [0, 0], activePlace: 0, hasFocus: false, paint() {}, scrollTo() {}, makeActive() {} },
    details: {},
    paint() {},
    complain(error: unknown) {
      throw error;
    },
  } as unknown as Desk;
}

it("does not put older rows in the place of newer ones", async () => {
  const answers = [
    { revision: 5, keys: ["a", "b"] },
    { revision: 6, keys: ["a"] },
  ];
  let asked = 0;
  const desk = deskWith({ local: true, largest: 1 }, async () => ({
    result: { names: [], revision: answers[asked++]!.revision },
    buffers: [],
  }));
  vi.mocked(unpack).mockImplementation(async () => rowsOf(answers[asked - 1]!.keys));
  await new Following(desk).columnsChanged();
  expect(asked).toBe(2);
  expect(desk.shown.source.total).toBe(1);
  expect((desk.shown.source as LocalRows).revision).toBe(6);
});

it("leaves the rows with Python if they became too many meanwhile", async () => {
  const head = { local: true, largest: 1 };
  const desk = deskWith(head, async () => ({ result: { names: [], revision: 6 }, buffers: [] }));
  const newer = { row: () => null } as unknown as Desk["shown"]["source"];
  vi.mocked(unpack).mockImplementation(async () => {
    head.local = false; // a change came, and `heard` went on with the rows that Python has
    desk.shown.source = newer;
    return rowsOf(["a"]);
  });
  await new Following(desk).columnsChanged();
  expect(desk.shown.source).toBe(newer);
});

it("asks again for a cover that could not be had, after a rest", async () => {
  let asked = 0;
  const intents = {
    askAll: async () => {
      asked += 1;
      throw new Error("away");
    },
  } as unknown as Intents;
  const covers = new Covers(intents, () => {}, new AbortController().signal);
  const wanted = () => ["k"].filter((key) => !covers.urls.has(key));
  const look = async () => {
    covers.later(wanted);
    await vi.advanceTimersByTimeAsync(1000);
    return asked;
  };
  expect([await look(), await look()]).toEqual([1, 1]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await look()).toBe(2);
});

it("gives a cover that is on its way to whoever asks for it meanwhile", async () => {
  const answers: ((answer: unknown) => void)[] = [];
  const intents = { askAll: () => new Promise((resolve) => answers.push(resolve)) } as unknown as Intents;
  const covers = new Covers(intents, () => {}, new AbortController().signal);
  covers.later(() => ["k"]);
  vi.advanceTimersByTime(1000);
  const drawer = covers.one("k");
  for (const answer of answers) answer({ result: ["k"], buffers: [new DataView(new ArrayBuffer(4))] });
  expect(await drawer).toMatch(/^blob:/);
  expect(covers.urls.get("k")).toMatch(/^blob:/);
});
