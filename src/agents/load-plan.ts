import { basename } from "node:path";
import { applyChanges } from "./apply.ts";
import { type PlannedChange, changeOf, isPending, pathIn, type PlanInput, type Target } from "./change.ts";
import type { SkippedFile } from "./discover.ts";
import type { Json } from "./edit-json.ts";
import type { Lock, LockedFile, Resolution } from "./lock.ts";
import { planChanges } from "./plan.ts";
import { type Policy, roleOf } from "../domain/policy.ts";
import { editPolicy, type PolicyEdit } from "../policy/edit.ts";
import { parsePolicy } from "../policy/parse.ts";
import type { WrittenPolicy } from "../policy/written.ts";
import { readTextFile } from "../policy/read-file.ts";
import type { AgentPlace } from "./locate.ts";
import { readPlace, resolveAt } from "./place.ts";

/** Options of a plan. Conflicts are resolved for the named files or agents, or for all if the list is empty. */
export interface PlanRequest extends AgentPlace {
  /** Keeps the user's values. */
  keep?: readonly string[] | undefined;
  /** Writes the policy's values over the user's. */
  take?: readonly string[] | undefined;
  /** Writes the user's values into the policy. */
  adopt?: readonly string[] | undefined;
  /** Returns further edits of the current policy. */
  edits?: (written: WrittenPolicy) => readonly PolicyEdit[];
  /** Selects the files that rolecall may start to manage; by default every file that the policy needs. */
  wants?: (change: PlannedChange) => boolean;
  /** Names of the user's agents to put under the policy, each with the role that the policy assigns to it. */
  bring?: readonly string[];
}

/** A plan: the changes that make Claude Code follow the policy. */
export interface Planned {
  /** The place that it writes to. */
  target: Target;
  /** The policy with the edits that the plan makes to it. */
  policy: Policy;
  /** In the order of the policy; unchanged files too. Empty if no file has a policy and rolecall never wrote here. */
  changes: readonly PlannedChange[];
  /** Agent files that could not be read. */
  skipped: readonly SkippedFile[];
}

/**
 * Plans the changes that make Claude Code follow the policy. Writes nothing.
 *
 * @example
 * ```ts
 * import { loadPlan } from "rolecall";
 *
 * const plan = await loadPlan({ cwd: process.cwd(), env: process.env });
 * for (const { action, path } of plan.changes) console.log(action, path);
 * ```
 */
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
  const changes = isManaged(input) ? planChanges(input) : [];
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

/** Returns whether somebody wrote a policy for this place. Without one, the built-in layer alone is nobody's decision about these files. */
function isManaged({ policy, lock }: PlanInput): boolean {
  return policy.sources.length > 0 || Object.keys(lock.files).length > 0;
}

/** Returns the lock with entries for agents that were not adopted before. */
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

/**
 * Returns whether any file differs from the policy.
 *
 * @example
 * ```ts
 * import { hasDrift, loadPlan } from "rolecall";
 *
 * const plan = await loadPlan({ cwd: process.cwd(), env: process.env });
 * console.log(hasDrift(plan.changes)); // true
 * ```
 */
export function hasDrift(changes: readonly PlannedChange[]): boolean {
  return changes.some(({ action }) => action !== "unchanged");
}

/** Returns whether applying the changes would write anything. */
export function hasWork(changes: readonly PlannedChange[]): boolean {
  return changes.some(isPending);
}

/**
 * Applies a plan. Files with conflicts stay unchanged.
 *
 * @example
 * ```ts
 * import { applyPlan, loadPlan } from "rolecall";
 *
 * const plan = await loadPlan({ cwd: process.cwd(), env: process.env });
 * const written = applyPlan(plan, Date.now());
 * console.log(written.map(({ action, path }) => `${action} ${path}`));
 * ```
 */
export function applyPlan(
  { target, changes }: Pick<Planned, "target" | "changes">,
  now: number,
): PlannedChange[] {
  return applyChanges(target, changes, new Date(now));
}

function isNamed(path: string, names: readonly string[] | undefined): boolean {
  if (!names) return false;
  const known = new Set([path, basename(path), basename(path, ".md")]);
  return names.length === 0 || names.some((name) => known.has(name));
}

/** Returns the policy edits that take over the user's values. A pinned model replaces a pinned tier. */
function policyEdits(changes: readonly PlannedChange[], written: WrittenPolicy): PolicyEdit[] {
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

/** Returns the policy key for a settings key; undefined if the policy has none. */
function settingsPath(key: string): string[] | undefined {
  if (key === "env/CLAUDE_CODE_SUBAGENT_MODEL") return ["main", "subagentModel"];
  if (key === "promptCacheTtl") return ["main", "cache", "main"];
  if (key === "subagentPromptCacheTtl") return ["main", "cache", "agents"];
  const [first = "", ...rest] = key.split("/");
  return ["model", "fallbackModel", "modelSettings", "env"].includes(first)
    ? ["main", first, ...rest]
    : undefined;
}
