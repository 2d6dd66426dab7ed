import { spawnSync } from "node:child_process";
import { applyChanges } from "../agents/apply.ts";
import { isPending, type PlannedChange, type Target } from "../agents/change.ts";
import { planUndo, writeEntry } from "../agents/journal.ts";
import { keyChanges } from "../agents/key-changes.ts";
import type { AgentPlace } from "../agents/locate.ts";
import { planPatch } from "../agents/plan-patch.ts";
import { readTarget } from "../agents/target-files.ts";
import type { AdviceKey } from "../domain/decision.ts";
import type { Recommendation } from "../domain/recommendation.ts";
import { RolecallError } from "../errors.ts";
import type { LoggedAdvice } from "./advice-log.ts";

/** The changes that applying or reverting one piece of advice makes. */
export interface AdvicePlan {
  recommendation: Recommendation;
  target: Target;
  changes: readonly PlannedChange[];
  keys: readonly AdviceKey[];
  notes: readonly string[];
}

/** Plans to apply one recommendation at a place. Writes nothing. */
export async function planApply(place: AgentPlace, recommendation: Recommendation): Promise<AdvicePlan> {
  const { policyPatch, id, command } = recommendation;
  if (!policyPatch)
    throw new RolecallError(`${id}: nothing to write; it is something to do`, { hint: `Try ${command}` });
  const { target, changes, keys } = await planPatch(place, policyPatch);
  return {
    recommendation,
    target,
    changes,
    keys,
    notes: changes.flatMap((change) => reachOf(target, change)),
  };
}

/** Applies a plan and records it in the journal of the place. */
export function writeApply(
  { recommendation, target, changes, keys }: AdvicePlan,
  now: number,
): PlannedChange[] {
  return applyChanges(target, changes, new Date(now), { step: "applied", recommendation, keys });
}

/**
 * Plans to put back everything that one recommendation changed: byte for byte in files that were not edited since, key by key in others.
 * Writes nothing.
 */
export function planRevert({ target, stored, decision }: LoggedAdvice): AdvicePlan {
  const all = planUndo(stored.entry, (path) => readTarget(target, path));
  const changes = all.filter(isPending);
  const notes = all.flatMap((change) => change.notes.map((note) => `${change.path}: ${note}`));
  return {
    recommendation: decision.recommendation,
    target,
    changes,
    keys: changes.flatMap(keyChanges),
    notes,
  };
}

/** Reverts by a plan and records it in the journal. */
export function writeRevert(
  { recommendation, target, changes, keys }: AdvicePlan,
  now: number,
  why?: string,
): PlannedChange[] {
  const record = { step: "reverted", recommendation, keys, ...(why !== undefined && { why }) } as const;
  return applyChanges(target, changes, new Date(now), record);
}

/** Ends a trial and leaves the files as they are. */
export function keepAdvice({ target, stored }: LoggedAdvice, now: number, why: string): void {
  const { entry, path } = stored;
  if (!entry.advice) return;
  const kept = { at: new Date(now).toISOString(), why };
  writeEntry(target, { path, entry: { ...entry, advice: { ...entry.advice, kept } } });
}

/** Describes who else gets a change of a file. */
function reachOf({ root, level }: Target, { path }: PlannedChange): string[] {
  if (level === "user") return [`${path} is yours, and holds in every project`];
  const ignored = spawnSync("git", ["check-ignore", "-q", path], { cwd: root }).status;
  if (path.endsWith("settings.local.json"))
    return ignored === 0
      ? []
      : [`${path} is for you alone: git does not ignore it here, so do not commit it`];
  return ignored === 0 ? [] : [`${path} is shared: colleagues get the change with your next commit`];
}
