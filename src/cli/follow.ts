import type { Options } from "yargs";
import type { DecisionStep } from "../domain/decision.ts";
import type { Recommendation } from "../domain/recommendation.ts";
import { followAdvice, loadAdvicePlan } from "../operations/apply-advice.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { hasWork } from "../agents/load-plan.ts";
import type { AgentPlace } from "../agents/place.ts";
import { planJson, renderApplied, renderPlan } from "../render/changes.ts";
import { askToWrite, type Consent } from "./confirm.ts";
import { EXIT } from "./exit.ts";
import type { Io } from "./io.ts";
import { type Report, type ReportArgs, surfaceOf } from "./report.ts";
import { asWriter } from "./writer.ts";

/** Where advice is written, and how it is asked about. */
export const PLACE_OPTIONS = {
  user: { type: "boolean", describe: "write to the user's configuration folder instead of this project" },
  "dry-run": { type: "boolean", describe: "only show what would be written" },
  yes: { type: "boolean", describe: "do not ask" },
} as const satisfies Record<string, Options>;

/** Shows what following advice would write, asks, writes and remembers. */
export async function followAdviceAfterAsking(
  history: OpenedHistory,
  recommendations: readonly Recommendation[],
  step: Exclude<DecisionStep, "dismissed">,
  args: ReportArgs & Consent & { user?: boolean | undefined },
  io: Io,
): Promise<Omit<Report, "period">> {
  const place = { cwd: io.cwd, env: io.env, user: args.user };
  return asWriter("recommend --apply", place, args, io, () =>
    followAdviceAt(place, { history, recommendations, step }, args, io),
  );
}

interface FollowedAdvice {
  history: OpenedHistory;
  recommendations: readonly Recommendation[];
  step: Exclude<DecisionStep, "dismissed">;
}

async function followAdviceAt(
  place: AgentPlace,
  { history, recommendations, step }: FollowedAdvice,
  args: ReportArgs & Consent,
  io: Io,
): Promise<Omit<Report, "period">> {
  const planned = await loadAdvicePlan(place, recommendations, step);
  if (!args.json) io.out(renderPlan(planned, surfaceOf(args, io)));
  const declined =
    recommendations.length > 0 && hasWork(planned.changes)
      ? await askToWrite("Write this?", args, io)
      : undefined;
  const at = io.now();
  const decisions = recommendations.map((recommendation) => ({ step, at, recommendation }));
  const written = declined === undefined ? followAdvice(history, planned, decisions, at) : [];
  return {
    json: () => ({
      followed: decisions.map(({ recommendation }) => recommendation.id),
      ...planJson(planned),
      written,
    }),
    table: () =>
      written.length > 0 ? renderApplied(planned.changes.filter(({ path }) => written.includes(path))) : "",
    exit: declined ?? EXIT.ok,
  };
}
