// What is wrong with the server or the last thing that was asked, as Python says it, in one line.
import { button } from "./buttons";
import { h } from "./dom";
import type { Intents } from "./intents";
import type { Notices } from "./notices";
import type { Model } from "./widget";

/** As the trait `problem`; `own`: of something that was asked of this widget, else of the connection. */
export interface Problem {
  message: string;
  advice: string | null;
  kind: string;
  since: number;
  own: boolean;
}

/** As the trait `link`. */
export interface Link {
  state: string;
  since: number;
  reason: string | null;
}

export const clock = (seconds: number): string => new Date(seconds * 1000).toLocaleTimeString();

/** Show, or take away, the line of the traits `problem` and `link`. */
export function showProblem(notices: Notices, model: Model, intents: Intents): void {
  const problem = model.get("problem") as Problem | null;
  const link = model.get("link") as Link;
  notices.set("problem", problem && !problem.own ? connectionNotice(problem, link, intents) : null);
  notices.set(
    "refused",
    problem?.own
      ? {
          kind: "err",
          text: [h("b", null, problem.message), ` ${problem.advice ?? ""}`],
          dismissed: () => void intents.ask("dismiss").catch(() => {}),
        }
      : null,
  );
  const isDeaf = !problem && link.state === "polling" && link.reason;
  notices.set("deaf", isDeaf ? { kind: "info", text: [link.reason] } : null);
}

function connectionNotice(problem: Problem, link: Link, intents: Intents) {
  const since = link.state === "down" && link.since ? ` Trying again since ${clock(link.since)}.` : "";
  const again = button("Try again", () => void intents.ask("refresh").catch(() => {}), { kind: "small" });
  return {
    kind: "err",
    text: [h("b", null, problem.message), ` ${problem.advice ?? ""}${since}`],
    buttons: [again],
  };
}
