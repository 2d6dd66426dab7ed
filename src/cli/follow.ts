import type { Recommendation } from "../domain/recommendation.ts";
import { isOnTrial } from "../domain/decision.ts";
import { type OpenedHistory, openHistory } from "../history/open-history.ts";
import { type LoggedAdvice, pickFollowed, readAdviceLog } from "../operations/advice-log.ts";
import {
  type AdvicePlan,
  keepAdvice,
  planApply,
  planRevert,
  writeApply,
  writeRevert,
} from "../operations/apply-advice.ts";
import { type EndedTrial, countDueTrials, endTrials } from "../operations/trials.ts";
import { renderEnded } from "../render/impact.ts";
import { advicePlanJson, renderAdvicePlan } from "../render/advice-plan.ts";
import { askToWrite, type Consent } from "./confirm.ts";
import { EXIT } from "./exit.ts";
import type { Io } from "./io.ts";
import { type Report, type ReportArgs, surfaceOf } from "./report.ts";
import { asWriter } from "./writer.ts";

export type FollowArgs = ReportArgs & Consent & { user?: boolean | undefined };
type FollowedAnswer = Omit<Report, "period">;

/** Shows what applying advice writes, asks, and writes. */
export async function applyAdvice(
  history: OpenedHistory,
  recommendations: readonly Recommendation[],
  args: FollowArgs,
  io: Io,
): Promise<FollowedAnswer> {
  const place = { ...history.place, user: args.user };
  const { demo } = history.workspace;
  return asWriter("recommend --apply", place, demo ? { dryRun: true } : args, io, async () => {
    const plans = await planAll(place, recommendations);
    return carryOut(
      "apply",
      plans,
      demo ? { ...args, dryRun: true } : args,
      io,
      async ({ recommendation }) => {
        // Another piece of advice may have changed the same file a moment ago.
        writeApply(await planApply(place, recommendation), io.now());
      },
    );
  });
}

async function planAll(
  place: Parameters<typeof planApply>[0],
  recommendations: readonly Recommendation[],
): Promise<AdvicePlan[]> {
  const plans: AdvicePlan[] = [];
  for (const one of recommendations) plans.push(await planApply(place, one));
  return plans;
}

/** Shows what reverting advice writes, asks, and writes. */
export async function revertAdvice(
  history: OpenedHistory,
  ids: readonly string[],
  args: FollowArgs,
  io: Io,
): Promise<FollowedAnswer> {
  return asWriter("impact --revert", history.place, args, io, () => {
    const picked = new Map(
      pickFollowed(history.place, ids).map((one) => [one.decision.recommendation.id, one]),
    );
    const plans = [...picked.values()].map(planRevert);
    return carryOut("revert", plans, args, io, async ({ recommendation }) => {
      const logged = picked.get(recommendation.id);
      if (logged) writeRevert(planRevert(logged), io.now(), "reverted by hand");
    });
  });
}

/** Ends trials early and keeps what they tried. */
export function keepTrials(history: OpenedHistory, ids: readonly string[], io: Io): FollowedAnswer {
  const kept: LoggedAdvice[] = pickFollowed(history.place, ids);
  for (const one of kept) keepAdvice(one, io.now(), "kept by hand");
  return {
    json: () => ({ kept: ids }),
    table: () => `Kept ${ids.join(", ")}. Files stay as they are.\n`,
  };
}

async function carryOut(
  verb: "apply" | "revert",
  plans: readonly AdvicePlan[],
  args: FollowArgs,
  io: Io,
  write: (plan: AdvicePlan) => Promise<void>,
): Promise<FollowedAnswer> {
  if (!args.json) io.out(renderAdvicePlan(plans, verb, surfaceOf(args, io)));
  const declined = plans.length > 0 ? await askToWrite("Write this?", args, io) : EXIT.ok;
  if (declined === undefined) for (const plan of plans) await write(plan);
  const written =
    declined === undefined
      ? new Set(plans.flatMap(({ changes }) => changes.map(({ path }) => path)))
      : new Set();
  const undo = plans.length > 1 ? "rolecall undo reverts the last of them" : "rolecall undo reverts it";
  return {
    json: () => ({ ...advicePlanJson(plans), written: [...written] }),
    table: () =>
      declined === undefined
        ? `Wrote ${written.size} ${written.size === 1 ? "file" : "files"}; ${undo}.\n`
        : "",
    exit: declined ?? EXIT.ok,
  };
}

/** Ends the trials that are due, while no other process writes here. */
export async function endDueTrials(
  history: OpenedHistory,
  args: FollowArgs,
  io: Io,
): Promise<readonly EndedTrial[]> {
  if (history.workspace.demo || args.dryRun || countDueTrials(history, io.now()) === 0) return [];
  return asWriter("recommend", history.place, args, io, async () => endTrials(history, io.now()));
}

/** Ends the trials that are due before a command that reads no history, and says what happened. */
export async function endTrialsBefore(args: FollowArgs, io: Io): Promise<void> {
  const log = readAdviceLog({ cwd: io.cwd, env: io.env });
  if (args.dryRun || !log.some(({ decision }) => isOnTrial(decision))) return;
  const history = await openHistory({ needs: "tasks" }, io.env, io.cwd);
  try {
    io.err(renderEnded(await endDueTrials(history, args, io), surfaceOf(args, io)));
  } finally {
    history.close();
  }
}
