import type { Overruled } from "../operations/hand-outcome.ts";
import { plainLine } from "./text.ts";

/** Returns what `rolecall session --mark` did, in a line. */
export function renderOverruled({ task, inferred, verdict }: Overruled): string {
  const agrees = (verdict === "good") === (inferred === "accepted");
  const before = agrees ? "the rules had judged the same" : `the rules had judged: ${inferred}`;
  return (
    plainLine(
      `${nameOf(task)} of session ${task.session.slice(0, 8)} counts as ${verdict} from now on (${before}).`,
    ) + "\n"
  );
}

function nameOf({ kind, index, agent, agentId }: Overruled["task"]): string {
  return kind === "turn" ? `Turn ${index ?? 0}` : `Run ${agentId ?? ""} of ${agent}`;
}

/** The fields of the JSON answer. */
export function overruledJson({ task, inferred, verdict }: Overruled): object {
  const { session, kind, index, agentId } = task;
  return { session, kind, index: index ?? null, agentId: agentId ?? null, verdict, inferred };
}
