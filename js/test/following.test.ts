// @vitest-environment happy-dom
// Rows and covers that come late, or not at all.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Intents } from "../src/kit";
import { Covers } from "../src/table/covers";
import type { Desk } from "../src/table/desk";
import { Following } from "../src/table/following";
import { LocalRows } from "../src/table/local";
import { unpack } from "../src/table/packed";
import { Reads } from "../src/table/reads";
import type { Change } from "../src/table/rows";
import { Selecting } from "../src/table/selecting";

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

/** A table that shows revision 6 of the rows, and what Python says when it is asked for something. */
function deskWith(head: Head, askAll: () => Promise<unknown>, keys = ["a"]): Desk {
  const desk = {
    shown: {
      source: new LocalRows(rowsOf(keys), 6, () => ({})),
      query: QUERY,
      painting: {},
      selected: new Set(),
    },
    layout: { shown: ["trigger_phrases"] },
    traits: { get: (name: string) => (name === "head" ? head : {}) },
    intents: { askAll },
    signal: new AbortController().signal,
    notices: { set: () => {} },
    grid: { top: () => [0, 0], activePlace: 0, hasFocus: false, paint() {}, scrollTo() {}, makeActive() {} },
    details: { key: null },
    settled: async () => {},
    announce() {},
    paint() {},
    complain(error: unknown) {
      throw error;
    },
  } as unknown as Desk;
  return Object.assign(desk, { reads: new Reads(desk) });
}

const gone = (before: number, ...keys: string[]): Change => ({
  before,
  revision: before + 1,
  put: { key: [] },
  gone: keys,
});

it("asks again if other columns are wanted by the time they come", async () => {
  const asked: string[][] = [];
  const desk = deskWith({ local: true, largest: 1 }, async () => {
    if (asked.length === 1) desk.shown.query = { ...QUERY, sort: [["hash", "asc"]] } as never;
    return { result: { names: [], revision: 6 }, buffers: [] };
  });
  const { askAll } = desk.intents as unknown as { askAll: (verb: string, args: object) => Promise<unknown> };
  Object.assign(desk.intents, {
    askAll: (verb: string, args: { names: string[] }) => {
      asked.push(args.names);
      return askAll(verb, args);
    },
  });
  vi.mocked(unpack).mockImplementation(async () => rowsOf(["a"]));
  await new Following(desk).showColumns();
  expect(asked).toEqual([
    ["trigger_phrases", "name"],
    ["trigger_phrases", "hash"],
  ]);
});

it("shows the model whose details are open anew after a change of very many", async () => {
  const desk = deskWith({ local: true, largest: 1 }, async () => ({
    result: { names: [], revision: 9 },
    buffers: [],
  }));
  vi.mocked(unpack).mockImplementation(async () => rowsOf(["a", "b"]));
  const details = { key: "a", open: vi.fn(), close: vi.fn() };
  Object.assign(desk, { details });
  await new Following(desk).heard({ before: -1, revision: 9, put: { key: [] }, gone: [] });
  expect(details.open.mock.lastCall?.[0].key).toBe("a");
  await new Following(desk).heard({ before: -1, revision: 9, put: { key: [] }, gone: ["a"] });
  expect(details.close).toHaveBeenCalledOnce();
});

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
  await new Following(desk).showColumns();
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
  await new Following(desk).showColumns();
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

it("reads all anew if a change before this one was missed", async () => {
  let asked = 0;
  const desk = deskWith({ local: true, largest: 1 }, async () => {
    asked += 1;
    return { result: { names: [], revision: 9 }, buffers: [] };
  });
  vi.mocked(unpack).mockImplementation(async () => rowsOf(["b"]));
  await new Following(desk).heard(gone(8, "a"));
  expect(asked).toBe(1);
  expect((desk.shown.source as LocalRows).revision).toBe(9);
});

it("leaves the focus and the scroll with their models when another one goes, whatever the order", async () => {
  const keys = ["a", "b", "c", "d", "e"];
  const desk = deskWith({ local: true, largest: 1 }, async () => ({}), keys);
  const source = desk.shown.source as LocalRows;
  Object.assign(desk.shown, { query: { ...QUERY, sort: [["name", "desc"]] } });
  source.showNow(desk.shown.query);
  const active: number[] = [];
  const tops: number[] = [];
  Object.assign(desk.grid, {
    top: () => [2, 5], // c, under the eyes; the focus is on b
    activePlace: 3,
    makeActive: (place: number) => active.push(place),
    scrollTo: (place: number) => tops.push(place),
  });
  await new Following(desk).heard(gone(6, "d"));
  expect([tops, active]).toEqual([[1], [2]]);
  expect([source.row(1)?.key, source.row(2)?.key]).toEqual(["c", "b"]);
});

it("says that an answer is late, and uses it when it comes", async () => {
  let answer = (_: unknown) => {};
  const desk = deskWith({ local: true, largest: 1 }, () => new Promise((resolve) => (answer = resolve)));
  const complain = vi.spyOn(desk, "complain").mockImplementation(() => {});
  const set = vi.spyOn(desk.notices, "set");
  const place = desk.reads.ask("place", {});
  await vi.advanceTimersByTimeAsync(7000);
  expect(complain).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(complain).toHaveBeenCalledTimes(1);
  answer({ result: 7, buffers: [] });
  expect(await place).toBe(7);
  expect(set).toHaveBeenLastCalledWith("unanswered", null);
});

it("drops a selection that took long to find, if another one was made meanwhile", async () => {
  const desk = deskWith({ local: true, largest: 1 }, async () => ({}), ["a", "b"]);
  Object.assign(desk.traits, { select() {} });
  const { source } = desk.shown;
  (source as LocalRows).showNow(desk.shown.query);
  const selecting = new Selecting(desk);
  let found = (_: string[]) => {};
  vi.spyOn(source, "keys").mockReturnValueOnce(new Promise((resolve) => (found = resolve)));
  const all = selecting.pickAll();
  await selecting.pick(source.row(1), "only", 1, 0);
  found(["a", "b"]);
  await all;
  expect([...desk.shown.selected]).toEqual(["b"]);
  await selecting.pickAll();
  expect([...desk.shown.selected]).toEqual(["a", "b"]);
});
