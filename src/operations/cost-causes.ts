import { resolveTimezone } from "../domain/calendar.ts";
import type { CostCauses } from "../domain/cost-causes.ts";
import { periodOfDays } from "../domain/period.ts";
import { UsageError } from "../errors.ts";
import { type OpenHistoryOptions, openHistory } from "../history/open-history.ts";
import { readWhy } from "./why.ts";

/** Which requests `costCauses` explains. */
export interface CostCausesOptions extends OpenHistoryOptions {
  /** First and last day, both counted in: `2026-11-01`. */
  since?: string;
  until?: string;
  /** Of the days; UTC where it is not named. */
  timezone?: string;
  /** Patterns with `*` and `?`. */
  project?: string;
  model?: string;
  branch?: string;
  /** An agent type; `main` for the main thread. */
  agent?: string;
  /** How the id of a session begins. */
  session?: string;
}

/**
 * Reads why a period or a session costs what it costs: the tree of causes in which each dollar has one place. Throws
 * UsageError for an unknown time zone or session.
 */
export async function costCauses(options: CostCausesOptions = {}): Promise<CostCauses> {
  const { since, until, project, model, branch, agent, session } = options;
  const timezone = resolveTimezone(options.timezone ?? "UTC");
  if (timezone === undefined)
    throw new UsageError(`timezone: unknown time zone "${options.timezone}"`, {
      hint: "Expected a name such as Europe/Berlin or UTC.",
    });
  const history = await openHistory({ ...options, needs: "agents" }, process.env, process.cwd());
  try {
    const period = periodOfDays(since, until, timezone);
    return readWhy(history, {
      period,
      project,
      model,
      branch,
      agent,
      session,
      now: Date.now(),
      onlyCauses: true,
    }).causes;
  } finally {
    history.close();
  }
}
