import { basename } from "node:path";
import { applyChanges } from "./apply.ts";
import { type Change, changeOf, isPending, pathIn, type PlanInput, type Target } from "./change.ts";
import type { SkippedFile } from "./discover.ts";
import type { Json } from "./edit-json.ts";
import type { Lock, LockedFile, Resolution } from "./lock.ts";
import { planChanges } from "./plan.ts";
import { type Policy, roleOf } from "../domain/policy.ts";
import { editPolicy, type PolicyEdit } from "../policy/edit.ts";
import { parsePolicy } from "../policy/parse.ts";
import type { WrittenPolicy } from "../policy/written.ts";
import { readTextFile } from "../policy/read-file.ts";
import { readPlace, type Place, resolveAt } from "./place.ts";

/** What to plan, and the ways out that the user chose for conflicts: names of files or agents, or an empty list for all. */
export interface PlanRequest extends Place {
  /** The user's value stays, and is no conflict any more. */
  keep?: readonly string[] | undefined;
  /** The policy's value is written over the user's. */
  take?: readonly string[] | undefined;
  /** The user's value goes into the policy. */
  adopt?: readonly string[] | undefined;
  /** What else is to be changed in the policy, from what it says now. */
  edits?: (written: WrittenPolicy) => readonly PolicyEdit[];
  /** Which files may newly come under rolecall; by default all that the policy wants. */
  wants?: (change: Change) => boolean;
  /** Agents of the user's, by name, that come under the policy with the role that it gives them. */
  bring?: readonly string[];
}

export interface Planned {
  target: Target;
  policy: Policy;
  /** In the order of the policy; unchanged files too. */
  changes: readonly Change[];
  /** Agent files that could not be read. */
  skipped: readonly SkippedFile[];
}

/** What has to change so that Claude Code does what the policy says. Writes nothing. */
export async function loadPlan(request: PlanRequest): Promise<Planned> {
  const { target, places, state } = await readPlace(request);
  const resolutionOf = (path: string): Resolution | undefined =>
    isNamed(path, request.take) ? "take" : isNamed(path, request.keep) ? "keep" : undefined;
  const current = resolveAt(places);
  const input: PlanInput = {
    ...state,
    lock: lockBringing(state, current, request.bring ?? []),
    policy: current,
    resolutionOf,
    ...(request.wants && { wants: request.wants }),
  };
  const changes = planChanges(input);
  const before = readTextFile(places.project);
  const adopted = changes.filter(({ path }) => isNamed(path, request.adopt));
  const { written } = parsePolicy(before ?? "", places.project);
  const edits = [...policyEdits(adopted, written), ...(request.edits?.(written) ?? [])];
  if (edits.length === 0) return { target, policy: input.policy, changes, skipped: state.skipped };

  const text = editPolicy(before ?? "", edits);
  const policy = resolveAt(places, { [places.project]: text });
  const path = request.user ? places.project : pathIn(target, places.project);
  const policyChange = changeOf(
    path,
    before === undefined ? undefined : Buffer.from(before),
    Buffer.from(text),
  );
  return {
    target,
    policy,
    changes: [
      policyChange,
      ...planChanges({ ...input, lock: lockBringing(state, policy, request.bring ?? []), policy }),
    ],
    skipped: state.skipped,
  };
}

/** The lock with entries for agents that nobody had adopted. */
function lockBringing(
  { agents, lock, target }: Omit<PlanInput, "policy">,
  policy: Policy,
  names: readonly string[],
): Lock {
  const brought = agents.flatMap(({ name = "", path }): [string, LockedFile][] => {
    const role = names.includes(name) ? roleOf(policy, name)?.role : undefined;
    const at = pathIn(target, path);
    return role && !lock.files[at] ? [[at, { role, created: false, keys: {} }]] : [];
  });
  return { files: { ...lock.files, ...Object.fromEntries(brought) } };
}

/** Whether anything is not as the policy wants it. */
export function hasDrift(changes: readonly Change[]): boolean {
  return changes.some(({ action }) => action !== "unchanged");
}

/** Whether something is left for the user to decide. */
export function hasConflicts(changes: readonly Change[]): boolean {
  return changes.some(({ action }) => action === "conflict");
}

/** Whether carrying the changes out would write anything. */
export function hasWork(changes: readonly Change[]): boolean {
  return changes.some(isPending);
}

/** Carries out a plan; conflicts stay as they are. */
export function applyPlan({ target, changes }: Pick<Planned, "target" | "changes">, now: number): Change[] {
  return applyChanges(target, changes, new Date(now));
}

function isNamed(path: string, names: readonly string[] | undefined): boolean {
  if (!names) return false;
  const known = new Set([path, basename(path), basename(path, ".md")]);
  return names.length === 0 || names.some((name) => known.has(name));
}

/** The edits of the policy that make the user's values the policy's; a pinned tier gives way to a pinned model. */
function policyEdits(changes: readonly Change[], written: WrittenPolicy): PolicyEdit[] {
  return changes.flatMap(({ conflicts, role }) =>
    conflicts.flatMap(({ key, found }): PolicyEdit[] => {
      if (role === undefined) {
        const path = settingsPath(key);
        return path ? [{ path, value: found ?? undefined }] : [];
      }
      const roleKey = ROLE_KEYS[key];
      if (!roleKey) return [];
      const pinned = key === "model" && written.roles?.[role]?.tier !== undefined;
      const tier = pinned ? [{ path: ["roles", role, "tier"], value: undefined }] : [];
      const value = key === "tools" ? toolsOf(found) : (found ?? undefined);
      return [...tier, { path: ["roles", role, roleKey], value }];
    }),
  );
}

const ROLE_KEYS: Readonly<Record<string, string>> = {
  model: "model",
  effort: "effort",
  tools: "tools",
  description: "purpose",
  maxTurns: "maxTurns",
  isolation: "isolation",
  omitClaudeMd: "omitClaudeMd",
};

function toolsOf(found: Json): readonly string[] | "all" {
  return typeof found === "string" ? found.split(", ") : "all";
}

/** Where the policy keeps a settings key; undefined where it cannot say it. */
function settingsPath(key: string): string[] | undefined {
  if (key === "env/CLAUDE_CODE_SUBAGENT_MODEL") return ["main", "subagentModel"];
  if (key === "promptCacheTtl") return ["main", "cache", "main"];
  if (key === "subagentPromptCacheTtl") return ["main", "cache", "agents"];
  const [first = "", ...rest] = key.split("/");
  return ["model", "fallbackModel", "modelSettings", "env"].includes(first)
    ? ["main", first, ...rest]
    : undefined;
}
