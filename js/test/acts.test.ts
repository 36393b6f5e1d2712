// @vitest-environment happy-dom
// What an editor sends, and what is said of an action's outcomes.
import { expect, it } from "vitest";
import type { Outcome } from "../src/kit";
import { summary } from "../src/table/actions";
import { type Editor, editForm } from "../src/table/edit";

const EDITOR: Editor = {
  fields: [
    { name: "name", label: "Name", kind: "text", value: "Ink\nwash" }, // a text input drops the line feed
    { name: "description", label: "Description", kind: "long", value: null },
    { name: "steps", label: "Steps", kind: "number", value: 30 },
    { name: "vae", label: "VAE", kind: "choice", value: null, options: ["fast"] },
    { name: "fp32", label: "FP32", kind: "flag", value: false },
  ],
};

/** What is sent when these controls, by their places, are given other values. */
function sent(typed: Record<number, string>): Record<string, unknown> {
  let changes: Record<string, unknown> = {};
  const save = async (made: Record<string, unknown>) => {
    changes = made;
  };
  const form = editForm(EDITOR, { save, cancel: () => {} });
  const controls = form.querySelectorAll<HTMLInputElement>(".ivk-field");
  for (const [place, text] of Object.entries(typed)) controls[Number(place)]!.value = text;
  form.dispatchEvent(new Event("submit"));
  return changes;
}

it("sends only what the person changed, though a control holds a value otherwise than it was given", () => {
  expect(sent({ 2: "20" })).toEqual({ steps: 20 });
  expect(sent({})).toEqual({});
});

it("sends what was changed, each as what it is", () => {
  expect(sent({ 0: "Ink", 1: "Soft", 2: "", 3: "fast", 4: "true" })).toEqual({
    name: "Ink",
    description: "Soft",
    steps: null,
    vae: "fast",
    fp32: true,
  });
});

it("says of outcomes what became of them, also if all failed", () => {
  const of = (...oks: boolean[]) =>
    summary(
      "deleted",
      oks.map((ok) => ({ ok }) as Outcome),
    );
  expect(of(true, true)).toBe("2 models deleted.");
  expect(of(true, false)).toBe("1 model deleted, 1 not.");
  expect(of(false, false)).toBe("None was deleted.");
  expect(of(false)).toBe("The model was not deleted.");
});
