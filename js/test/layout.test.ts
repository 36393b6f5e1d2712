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

  it("keeps every column wide enough to be caught again", () => {
    const layout = new Layout(SHOWN, OFFERED, false);
    layout.resize("type", 1);
    expect(layout.width("type")).toBeGreaterThanOrEqual(56);
    layout.resize("type", null);
    expect(layout.width("type")).toBe(new Layout(SHOWN, OFFERED, true).width("type"));
  });
});
