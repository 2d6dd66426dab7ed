import { hasConflicts } from "../agents/change.ts";
import { hasWork, type Planned } from "../agents/load-plan.ts";
import { askToWrite, type Consent } from "./confirm.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";

/** A plan that the user has seen, and the exit code if it is not to be written. */
interface Reviewed<P> {
  plan: P;
  declined: ExitCode | undefined;
}

interface Review<P, C> {
  /** Makes the plan of some choices and shows it. */
  show: (choices: C) => Promise<P>;
  /** Returns the choices after an answer on the terminal; undefined if the answer is invalid. */
  change: (answer: string, choices: C, plan: P) => C | undefined;
  /** Explains the answers besides y and n. */
  help: string;
}

/**
 * Shows the whole plan, then lets the user change choices on a terminal until the plan is confirmed. Without a terminal, only `--yes`
 * confirms it.
 */
export async function reviewPlan<P extends Pick<Planned, "changes">, C>(
  first: C,
  { show, change, help }: Review<P, C>,
  args: Consent,
  io: Io,
): Promise<Reviewed<P>> {
  let choices = first;
  let plan = await show(choices);
  if (!io.ask || args.yes || args.dryRun) {
    const declined = hasWork(plan.changes) ? await askToWrite("Write this?", args, io) : endOf(plan);
    return { plan, declined };
  }
  for (;;) {
    const answer = (await io.ask(`Write this? [y/N] or ${help}: `)).trim();
    if (/^y(?:es)?$/i.test(answer))
      return { plan, declined: hasWork(plan.changes) ? undefined : endOf(plan) };
    if (answer === "" || /^no?$/i.test(answer)) {
      io.err("Nothing was written.\n");
      return { plan, declined: EXIT.no };
    }
    const changed = change(answer, choices, plan);
    if (changed === undefined) io.err(`"${answer}": expected y, n or ${help}.\n`);
    else plan = await show((choices = changed));
  }
}

/** Returns the exit code of a plan that needs no changes, or that was written. */
function endOf({ changes }: Pick<Planned, "changes">): ExitCode {
  return hasConflicts(changes) ? EXIT.no : EXIT.ok;
}
