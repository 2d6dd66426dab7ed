import type { OpenedHistory } from "../history/open-history.ts";
import { type AdviceList, pickChanges } from "../operations/advice-list.ts";
import { trialsOfChanges } from "../operations/change-trials.ts";
import { pickRecommendations } from "../operations/recommend.ts";
import { applyAdvice } from "./follow.ts";
import { followChangesAfterAsking } from "./follow-changes.ts";
import type { Io } from "./io.ts";
import { filtersFrom, periodFrom } from "./options.ts";

/** Applies advice that was named, of either kind, after asking. */
export async function applyPicked(
  history: OpenedHistory,
  list: AdviceList,
  ids: readonly string[],
  args: Parameters<typeof applyAdvice>[2] &
    Parameters<typeof periodFrom>[0] &
    Parameters<typeof filtersFrom>[0],
  io: Io,
): ReturnType<typeof applyAdvice> {
  const { changes, trials, others } = pickChanges(list, ids);
  const started = trialsOfChanges(history, trials, periodFrom(args, io), io.now(), filtersFrom(args));
  const followed =
    changes.length > 0 ? await followChangesAfterAsking(history, changes, args, io) : undefined;
  if (followed && started.length === 0 && others.every((id) => id === "all-act")) return followed;
  return applyAdvice(history, [...started, ...pickRecommendations(list, others)], args, io);
}
