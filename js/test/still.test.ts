// @vitest-environment happy-dom
// What a saved notebook holds of the table: little, and nothing that is markup.
import { expect, it } from "vitest";
import type { Model } from "../src/kit";
import { saveLittle } from "../src/table/still";

const XSS = "<img src=x onerror=alert(1)>";

function savedModel(host: object): Model & { values: Record<string, unknown> } {
  const values: Record<string, unknown> = {
    _esm: "x".repeat(50_000),
    _css: "x".repeat(10_000),
    head: { total: 34, columns: { key: ["a"], name: [XSS], type: ["main"], base: ["sdxl"], format: [null] } },
  };
  const nothing = () => {};
  return {
    ...host,
    values,
    get: (name) => values[name],
    set: (name, value) => {
      values[name] = value;
    },
    save_changes: nothing,
    on: nothing,
    off: nothing,
    send: nothing,
  };
}

it("shows the first rows without Python, names as text", async () => {
  const model = savedModel({ widget_manager: { get_state: () => {} } });
  saveLittle(model);
  expect(JSON.stringify(model.values).length).toBeLessThan(2_000);
  const module = await import(
    /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(String(model.values._esm))}`
  );
  const el = document.createElement("div");
  module.default.render({ model, el });
  expect(el.textContent).toContain("34 models");
  expect(el.textContent).toContain(XSS);
  expect(el.querySelector("img")).toBeNull();
});

it("leaves the code alone where no state is saved", () => {
  const model = savedModel({});
  saveLittle(model);
  expect(String(model.values._esm).length).toBe(50_000);
});
