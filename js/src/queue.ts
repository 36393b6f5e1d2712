// The install jobs of a server ("queue"), or of the handles of one cell ("bar").
import {
  announcer,
  confirm,
  h,
  Intents,
  type Model,
  Notices,
  oncePerFrame,
  showProblem,
  watch,
  widget,
} from "./kit";
import { Asking } from "./queue/asking";
import { Head, installs } from "./queue/head";
import { JobList } from "./queue/list";
import { hearChanges, type JobRow, type Overall } from "./queue/rows";
import { Told } from "./queue/told";

function build(root: HTMLElement, model: Model, signal: AbortSignal): void {
  const rows = () => model.get("jobs") as JobRow[];
  const overall = () => model.get("overall") as Overall;
  const readOnly = () => model.get("read_only") as boolean;
  const isBar = model.get("face") === "bar";
  const announce = announcer(root);
  const notices = new Notices();
  const intents = new Intents(model, signal);
  const asking: Asking = new Asking(intents, notices, announce, () => list);
  const list = new JobList({ readOnly, act: (verb, row) => void asking.act(verb, [row]) });
  const told = new Told();
  const blank = h("div", { class: "ivk-nojobs" }, "Nothing is being installed.");

  const all = async (verb: "pause" | "resume" | "cancel") => {
    const ids = { pause: "pausable", resume: "resumable", cancel: "cancellable" } as const;
    const meant = new Set(overall()[ids[verb]]);
    const chosen = rows().filter((row) => meant.has(row.id) && row.actions.includes(verb));
    if (verb === "cancel" && !(await confirmCancel(root, chosen))) return;
    await asking.act(verb, chosen);
  };
  const head = new Head(isBar ? "Installs" : "Queue", {
    all: (verb) => void all(verb),
    ...(isBar ? {} : { prune: () => void asking.ask("prune", {}) }),
    filtered: () => paint(),
    left: () => list.focus(),
  });

  function paint(): void {
    const all = rows();
    root.classList.toggle("ivk-empty", all.length === 0);
    head.element.hidden = isBar && all.length < 2;
    head.paint(overall(), all, readOnly());
    blank.hidden = all.length > 0 || isBar;
    list.paint(head.chosen(all));
    const news = told.news(all);
    if (news) announce(news);
  }

  root.setAttribute("role", "region");
  root.setAttribute("aria-label", isBar ? "Install" : "Install queue");
  root.append(head.element, notices.element, list.element, blank);
  paint();
  watch(model, ["jobs", "overall"], signal, oncePerFrame(signal, paint));
  watch(model, ["read_only"], signal, () => {
    list.repaintActs();
    paint();
  });
  watch(model, ["problem", "link"], signal, () => showProblem(notices, model, intents));
}

function confirmCancel(root: HTMLElement, rows: JobRow[]): Promise<boolean> {
  const named = rows.slice(0, 20).map((row) => h("li", null, row.source));
  if (rows.length > named.length) named.push(h("li", null, `and ${rows.length - named.length} more`));
  return confirm(root, {
    title: `Cancel ${installs(rows.length)}?`,
    body: [h("p", null, "What has been downloaded of them is deleted."), h("ul", null, ...named)],
    yes: `Cancel ${installs(rows.length)}`,
    no: "Keep going",
    danger: true,
  });
}

export default widget("queue", build, hearChanges);
