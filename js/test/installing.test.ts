// @vitest-environment happy-dom
// The install form while the server answers: what is typed meanwhile is for the next install.
import { beforeEach, expect, it } from "vitest";
import { Form } from "../src/install/form";
import { Intents } from "../src/kit";
import { FakeModel } from "./fake";

let model: FakeModel;
let form: Form;

beforeEach(() => {
  model = new FakeModel({ moves: false, in_place: true, choices: {} });
  form = new Form(model, new Intents(model, new AbortController().signal), () => {});
  document.body.replaceChildren(form.element);
  type("Source", "/models/ink.safetensors");
  type("Name", "Ink");
  form.element.dispatchEvent(new Event("submit"));
});

function field(label: string): HTMLInputElement {
  const labels = [...form.element.querySelectorAll("label")];
  const found = labels.find((each) => each.textContent?.startsWith(label))!;
  return form.element.querySelector<HTMLInputElement>(`#${found.htmlFor}`)!;
}

function type(label: string, text: string): void {
  field(label).focus();
  field(label).value = text;
  field(label).dispatchEvent(new Event("input"));
}

const started = () => model.answer({ result: [{ source: "", ok: true, job: 1, message: "", advice: null }] });

it("is empty after an install has started", async () => {
  await started();
  expect([field("Source").value, field("Name").value]).toEqual(["", ""]);
  expect(document.activeElement).toBe(field("Source"));
});

it("keeps the source and the token that were typed meanwhile", async () => {
  type("Source", "/models/oil.safetensors");
  type("Access token", "hf_next");
  await started();
  expect(field("Source").value).toBe("/models/oil.safetensors");
  expect(field("Access token").value).toBe("hf_next");
  expect(field("Name").value).toBe("");
  expect(form.element.querySelector(".ivk-takenfor")!.textContent).toBe("Path on the server");
});

it("leaves the focus where one types", async () => {
  type("Name", "Oil");
  await started();
  expect(field("Source").value).toBe("");
  expect(field("Name").value).toBe("Oil");
  expect(document.activeElement).toBe(field("Name"));
});
