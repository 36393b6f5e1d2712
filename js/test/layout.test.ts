// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import { Layout } from "../src/table/columns";

const SHOWN = ["name", "type", "base", "size"];
const OFFERED = [...SHOWN, "state", "source"];
const ids = (layout: Layout, room: number) => layout.fitting(room).map((column) => column.id);

beforeEach(() => localStorage.clear());

describe("the layout of the columns", () => {
  it("is remembered", () => {
    const layout = new Layout(SHOWN, OFFERED, false);
    layout.toggle("source");
    layout.move("size", "type");
    layout.fitting(2000);
    layout.resize("base", 200);
    const again = new Layout(SHOWN, OFFERED, false);
    expect(again.shown).toEqual(["name", "size", "type", "base", "source"]);
    expect(again.width("base")).toBe(200);
  });

  it("is the caller's where one asked for columns, and does not touch the memory", () => {
    new Layout(SHOWN, OFFERED, false).toggle("source");
    const own = new Layout(["name", "state"], OFFERED, true);
    expect(own.shown).toEqual(["name", "state"]);
    own.toggle("base");
    expect(new Layout(SHOWN, OFFERED, false).shown).toEqual([...SHOWN, "source"]);
  });

  it("survives a memory of another kind", () => {
    for (const memory of ["{", "null", '{"shown":3}', '{"shown":["colour"],"widths":{}}']) {
      localStorage.setItem("invokeai-widgets:table-columns", memory);
      expect(new Layout(SHOWN, OFFERED, false).shown).toContain("name");
    }
  });

  it("drops columns from the right where there is no room, size last, the name never", () => {
    const layout = new Layout(SHOWN, OFFERED, false);
    expect(ids(layout, 2000)).toEqual(SHOWN);
    expect(ids(layout, 420)).toEqual(["name", "type", "size"]);
    expect(ids(layout, 300)).toEqual(["name", "size"]);
    expect(ids(layout, 10)).toEqual(["name"]);
  });

  it("gives a column no more than the room that is left, so that none falls out", () => {
    const layout = new Layout(SHOWN, OFFERED, false);
    expect(ids(layout, 600)).toEqual(SHOWN);
    layout.resize("type", 5000);
    expect(ids(layout, 600)).toEqual(SHOWN);
    expect(layout.width("type")).toBeGreaterThan(150);
    layout.resize("base", 5000);
    expect(ids(layout, 600)).toEqual(SHOWN);
  });

  it("forgets the width of a column that is hidden, which may have been too wide for this window", () => {
    const layout = new Layout(SHOWN, OFFERED, false);
    layout.fitting(2000);
    layout.resize("type", 900);
    expect(ids(layout, 600)).not.toContain("type");
    layout.toggle("type");
    layout.toggle("type");
    expect(ids(layout, 600)).toContain("type");
  });

  it("keeps every column wide enough to be caught again", () => {
    const layout = new Layout(SHOWN, OFFERED, false);
    layout.resize("type", 1);
    expect(layout.width("type")).toBeGreaterThanOrEqual(56);
    layout.resize("type", null);
    expect(layout.width("type")).toBe(new Layout(SHOWN, OFFERED, true).width("type"));
  });
});
