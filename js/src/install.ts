// The install form, and the bars of what it started.
import { Form } from "./install/form";
import { announcer, atEnd, Intents, type Model, Notices, showProblem, watch, widget } from "./kit";
import { Asking } from "./queue/asking";
import { JobList } from "./queue/list";
import { hearChanges, type JobRow } from "./queue/rows";
import { Told } from "./queue/told";

function build(root: HTMLElement, model: Model, signal: AbortSignal): void {
  const announce = announcer(root);
  const intents = new Intents(model, signal);
  const notices = new Notices();
  const form = new Form(model, intents, announce);
  const asking: Asking = new Asking(intents, notices, announce, () => list);
  const list = new JobList({
    readOnly: () => model.get("read_only") as boolean,
    act: (verb, row) => void asking.act(verb, [row]),
  });
  const told = new Told();
  root.setAttribute("role", "region");
  root.setAttribute("aria-label", "Install a model");
  root.append(notices.element, form.element, list.element);
  list.element.hidden = !model.get("show_jobs");
  atEnd(signal, () => form.end());
  watch(model, ["jobs"], signal, () => {
    if (!model.get("show_jobs")) return;
    const rows = model.get("jobs") as JobRow[];
    list.paint(rows);
    const news = told.news(rows);
    if (news) announce(news);
  });
  watch(model, ["read_only", "moves"], signal, () => {
    form.readOnlyChanged();
    list.repaintActs();
  });
  watch(model, ["problem", "link"], signal, () => showProblem(notices, model, intents));
}

export default widget("install", build, hearChanges);
