// The manager: a head, tabs whose parts are widgets of their own, and the queue below.
import {
  every,
  type Host,
  h,
  Intents,
  type Link,
  type Model,
  Notices,
  showProblem,
  watch,
  widget,
} from "./kit";
import { ManagerHead, type Status } from "./manager/head";
import { showPart, type Tab, TabPanel } from "./manager/parts";

const WITH_STRIP = new Set(["library", "add"]); // the tabs that have the queue below them

function build(root: HTMLElement, model: Model, signal: AbortSignal, host?: Host): void {
  const tabs = model.get("tabs") as Tab[];
  const intents = new Intents(model, signal);
  const notices = new Notices();
  const panels = tabs.filter((tab) => tab.parts.length).map((tab) => new TabPanel(tab, host, signal));
  const strip = h("div", { class: "ivk-strip" });
  const head = new ManagerHead(panels, choose);

  function choose(id: string): void {
    head.choose(id);
    for (const panel of panels) {
      if (panel.tab.id === id) panel.show();
      else panel.element.hidden = true;
    }
    strip.hidden = !WITH_STRIP.has(id);
  }

  function paint(): void {
    const link = model.get("link") as Link;
    head.paint(model.get("status") as Status, link, model.get("read_only") as boolean);
  }

  root.setAttribute("role", "region");
  root.setAttribute("aria-label", "InvokeAI model manager");
  root.append(head.element, notices.element, ...panels.map((panel) => panel.element), strip);
  choose(tabs[0]!.id);
  const queue = tabs.flatMap((tab) => tab.parts).find((part) => part.id === "queue");
  if (queue) void showPart(queue.ref, strip, host, signal);
  watch(model, ["status", "link", "read_only"], signal, paint);
  watch(model, ["problem", "link"], signal, () => showProblem(notices, model, intents));
  every(10_000, signal, paint);
}

export default widget("manager", build);
