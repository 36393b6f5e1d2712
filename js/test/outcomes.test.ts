// @vitest-environment happy-dom
// What the panels do with answers: ticks go with what was done, and nothing is said that is not so.
import { beforeEach, expect, it } from "vitest";
import { Desk } from "../src/panel/desk";
import { Offers } from "../src/panel/offers";
import serverWidget from "../src/server";
import { Orphans } from "../src/server/orphans";
import { buttonOf, FakeModel, settled } from "./fake";

let root: HTMLElement;
const signal = () => new AbortController().signal;
const outcome = (key: string, ok: boolean) => ({ key, name: key, ok, message: "No.", advice: null });

beforeEach(() => {
  root = document.createElement("div");
  document.body.replaceChildren(root);
});

function offers(): { model: FakeModel; ticked: () => string[] } {
  const rows = ["a", "b", "c"].map((key) => ({ key }));
  const model = new FakeModel({ head: { serial: 1, total: 3, rows, states: {} } });
  const made = new Offers<{ key: string }>(new Desk(root, model, signal()), {
    label: "Models",
    text: ({ key }) => key,
    name: ({ key }) => key,
    facets: [],
    make: () => ({ cells: [], paint: () => {} }),
    verb: () => "Install",
    all: () => false,
    asks: () => false,
    confirm: async () => ({}),
    empty: () => "",
  });
  root.append(made.element);
  made.start();
  const ticks = () => [...root.querySelectorAll(".ivk-line:not([hidden])[aria-selected=true]")];
  for (const row of [...root.querySelectorAll<HTMLElement>(".ivk-line")].slice(0, 2)) row.click();
  return { model, ticked: () => ticks().map((row) => row.getAttribute("aria-label")![0]!) };
}

async function askForBoth(model: FakeModel): Promise<void> {
  buttonOf(root, "Install 2").click();
  await settled();
  const states = { a: ["working", "Starting"], b: ["working", "Starting"] };
  model.tell({ kind: "states", serial: 1, states });
}

it("unticks what has started and keeps the ticks of what was refused", async () => {
  const { model, ticked } = offers();
  await askForBoth(model);
  await model.answer({ result: [outcome("a", true), outcome("b", false)] });
  expect(ticked()).toEqual(["b"]);
  model.tell({ kind: "states", serial: 1, states: { a: ["installed", "Installed"], b: ["failed", "No."] } });
  expect(ticked()).toEqual(["b"]);
});

it("keeps all ticks when the whole install was refused", async () => {
  const { model, ticked } = offers();
  buttonOf(root, "Install 2").click();
  await settled();
  await model.answer({ error: { message: "Not in this list." } });
  expect(ticked()).toEqual(["a", "b"]);
});

it("unticks what is installed by somebody else", () => {
  const { model, ticked } = offers();
  model.tell({ kind: "states", serial: 1, states: { a: ["working", "Waiting"] } });
  expect(ticked()).toEqual(["b"]);
});

it("takes each row's own wish while others are on their way, and none twice", async () => {
  const { model } = offers();
  const [a, b] = ["Install a", "Install b"].map((name) => root.querySelector(`[aria-label="${name}"]`));
  for (const button of [a, b, a]) {
    (button as HTMLButtonElement).click();
    await settled();
  }
  expect(model.asked.map((intent) => (intent as unknown as { keys: string[] }).keys)).toEqual([["a"], ["b"]]);
  expect([a, b].map((button) => button!.getAttribute("aria-busy"))).toEqual(["true", "true"]);
  await model.answer({ result: [outcome("b", false)] });
  expect(b!.getAttribute("aria-busy")).toBeNull();
});

it("drops the ticks of a folder when another one is scanned", () => {
  const { model, ticked } = offers();
  const rows = ["b", "d"].map((key) => ({ key }));
  model.set("head", { serial: 2, total: 2, rows, states: {} });
  expect(ticked()).toEqual(["b"]);
  expect(root.querySelector(".ivk-said")!.textContent).toBe("1 ticked");
});

async function deleteBoth(): Promise<{ model: FakeModel; ticked: () => string[] }> {
  const folders = ["a", "b"].map((path) => ({ path, place: path, size: 1, files: [] }));
  const model = new FakeModel({ loaded: true, unsaid: {}, orphans: folders });
  const orphans = new Orphans(new Desk(root, model, signal()));
  root.append(orphans.element);
  orphans.paint();
  for (const box of root.querySelectorAll("input")) box.click();
  buttonOf(root, "Delete…").click();
  buttonOf(root, "Delete 2 folders").click();
  await settled();
  const ticked = () => [...root.querySelectorAll("input")].filter((box) => box.checked);
  return { model, ticked: () => ticked().map((box) => box.value) };
}

it("keeps the ticks of folders that were not deleted", async () => {
  const { model, ticked } = await deleteBoth();
  await model.answer({ result: [outcome("a", true), outcome("b", false)] });
  expect(ticked()).toEqual(["b"]);
});

it("keeps all ticks of folders when the server does not answer well", async () => {
  const { model, ticked } = await deleteBoth();
  await model.answer({ error: { message: "The server has failed." } });
  expect(ticked()).toEqual(["a", "b"]);
});

it.each([
  [{ error: { message: "The server refused it." } }, "The server refused it."],
  [{ result: null }, "The cache was emptied. Files stay."],
])("says that the cache was emptied only if it was: %j", async (reply, said) => {
  const lists = { history: [], missing: [], orphans: [] };
  const model = new FakeModel({ loaded: true, unsaid: {}, facts: {}, ...lists, stats: null });
  const end = serverWidget.render({ model, el: root });
  buttonOf(root, "Empty the cache").click();
  await model.answer(reply);
  await expect.poll(() => root.querySelector("[aria-live]")!.textContent).toBe(said);
  end();
});
