import type { AgentPlace } from "../agents/locate.ts";
import type { ChangeAdvice } from "../domain/change-decision.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import {
  followChanges,
  planReversals,
  planToFollow,
  type PlannedReversal,
  revertChanges,
} from "../operations/follow-change.ts";
import { plannedAdviceJson, renderPlannedAdvice, renderReversals } from "../render/change-plan.ts";
import { askToWrite, type Consent } from "./confirm.ts";
import type { FollowArgs } from "./follow.ts";
import { EXIT } from "./exit.ts";
import type { Io } from "./io.ts";
import { type Report, surfaceOf } from "./report.ts";
import { asWriterOfUserToo } from "./writer.ts";

type Followed = Omit<Report, "period">;

/** Shows what following changes would write, asks, writes and remembers. The demo writes nothing. */
export function followChangesAfterAsking(
  history: OpenedHistory,
  changes: readonly ChangeAdvice[],
  args: FollowArgs,
  io: Io,
): Promise<Followed> {
  const place = placeOf(args, io);
  const consent = withoutDemo(args);
  return asWriterOfUserToo("recommend --apply", place, consent, io, async () => {
    const plans = await planToFollow(place, changes);
    if (!args.json) io.out(renderPlannedAdvice(plans, surfaceOf(args, io)));
    const hasWork = plans.some((plan) => plan.changes.length > 0);
    const declined = hasWork ? await askToWrite("Write this?", consent, io) : undefined;
    const written =
      hasWork && declined === undefined ? await followChanges(history, place, changes, io.now()) : [];
    return {
      json: () => ({ followed: changes.map(({ id }) => id), plans: plannedAdviceJson(plans), written }),
      table: () =>
        written.length > 0 ? "Written. rolecall impact measures it; rolecall undo reverts it.\n" : "",
      exit: declined ?? EXIT.ok,
    };
  });
}

/** Shows what reverting changes would put back, asks, writes and remembers. */
export async function revertChangesAfterAsking(
  history: OpenedHistory,
  reversals: readonly PlannedReversal[],
  args: FollowArgs,
  io: Io,
): Promise<Followed> {
  const ids = reversals.map(({ decision }) => decision.id);
  return asWriterOfUserToo("impact --revert", placeOf(args, io), withoutDemo(args), io, async () => {
    const planned = planReversals(history, ids);
    if (!args.json) io.out(renderReversals(planned, surfaceOf(args, io)));
    const declined = await askToWrite("Revert this?", withoutDemo(args), io);
    const written = declined === undefined ? revertChanges(history, planned, io.now()) : [];
    return {
      json: () => ({ reverted: declined === undefined ? ids : [], written }),
      table: () => (declined === undefined ? "Reverted.\n" : ""),
      exit: declined ?? EXIT.ok,
    };
  });
}

function placeOf({ user }: FollowArgs, io: Io): AgentPlace {
  return { cwd: io.cwd, env: io.env, user };
}

function withoutDemo({ demo, dryRun, yes }: FollowArgs): Consent {
  return { yes, dryRun: demo === true || dryRun };
}
