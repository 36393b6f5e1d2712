// @vitest-environment happy-dom
// The lists of the server's panel are made anew with each news: the focus stays where one works.
import { beforeEach, expect, it } from "vitest";
import { Desk } from "../src/panel/desk";
import { Missing } from "../src/server/missing";
import { Orphans } from "../src/server/orphans";
import { buttonOf, FakeModel, settled } from "./fake";

let root: HTMLElement;

beforeEach(() => {
  root = document.createElement("div");
  document.body.replaceChildren(root);
});

const focused = () => document.activeElement?.getAttribute("aria-label");
const gone = (key: string) => ({ key, name: key, kind: "LoRA", path: `/${key}`, size: 1 });
const folder = (path: string) => ({ path, place: path, size: 1, files: ["a"] });

function shown<T extends { element: HTMLElement; paint(): void }>(
  make: new (desk: Desk) => T,
  traits: Record<string, unknown>,
): { model: FakeModel; panel: T } {
  const model = new FakeModel({ loaded: true, unsaid: {}, ...traits });
  const panel = new make(new Desk(root, model, new AbortController().signal));
  root.append(panel.element);
  panel.paint();
  return { model, panel };
}

it("keeps the focus on a missing model's button, and goes to the next one when it is gone", () => {
  const { model, panel } = shown(Missing, { missing: [gone("a"), gone("b")] });
  root.querySelector<HTMLElement>('[aria-label="Drop record… a"]')!.focus();
  panel.paint();
  expect(focused()).toBe("Drop record… a");
  model.traits.missing = [gone("b")];
  panel.paint();
  expect(focused()).toBe("Identify again b");
});

it("goes back to the button that opened the form of a path", () => {
  shown(Missing, { missing: [gone("a"), gone("b")] });
  root.querySelector<HTMLElement>('[aria-label="Change path… b"]')!.click();
  expect(focused()).toBe("Where b is now, on the server");
  buttonOf(root, "Cancel").click();
  expect(focused()).toBe("Change path… b");
});

it("keeps the focus in the folders, also when the one that had it is deleted", async () => {
  const { model, panel } = shown(Orphans, { orphans: [folder("a"), folder("b")] });
  const box = () => root.querySelector<HTMLInputElement>('[aria-label="a"]')!;
  box().click();
  box().focus();
  panel.paint();
  expect(focused()).toBe("a");
  const remove = buttonOf(root, "Delete…");
  remove.focus();
  remove.click();
  buttonOf(root, "Delete 1 folder").click();
  remove.focus(); // as a dialog gives it back
  await settled();
  model.traits.orphans = [folder("b")];
  await model.answer({ result: [{ key: "a", name: "a", ok: true, message: "", advice: null }] });
  expect(focused()).toBe("b");
});
