import type { Assign } from "../analysis/savings/savings.ts";
import type { JudgedTask } from "../domain/judged-task.ts";
import { EFFORTS, type Effort, isEffort, isFamily } from "../domain/model.ts";
import { expectOneOf, nearest } from "../domain/nearest.ts";
import type { Policy } from "../domain/policy.ts";
import { UsageError } from "../errors.ts";
import { type OpenedHistory, roleName } from "../history/open-history.ts";
import { assignBy, assignmentFor } from "../history/policy-scenario.ts";
import { modelFacts } from "../policy/catalogue-facts.ts";
import { parsePolicy } from "../policy/parse.ts";
import { readTextFile } from "../policy/read-file.ts";
import { resolvePolicy } from "../policy/resolve.ts";
import { nearestModels } from "./models.ts";

/** The policy that somebody asks about. */
export interface WhatIfRequest {
  /** `ROLE=MODEL`, `ROLE=MODEL@EFFORT`, or the path of a policy file. */
  changes: readonly string[];
  /** The path of a policy file; changes of single roles count before it. */
  policyFile?: string | undefined;
  /** Every request on Opus; changes of single roles count before it. */
  allOpus: boolean;
}

/** The answer to what each role would have run on. */
export interface OtherPolicy {
  asked: readonly string[];
  /** The policy whose names of roles count. */
  policy: Policy;
  assign: Assign;
  /** It decides every request, those outside of tasks as well. */
  isForAll: boolean;
  /** Returns the assignment of a role as it was written; undefined where the policy leaves it as it is. */
  shownFor: (role: string) => WrittenAssignment | undefined;
}

interface WrittenAssignment {
  model: string;
  effort: Effort | null;
}

/** Resolves what was asked for. Throws UsageError for an unknown role or model, InvalidInputError for a policy file with problems. */
export function resolveOtherPolicy(
  history: OpenedHistory,
  tasks: readonly JudgedTask[],
  { changes, policyFile, allOpus }: WhatIfRequest,
): OtherPolicy {
  const named = changes.findLast((change) => !change.includes("="));
  const file = policyFile ?? named;
  const policy =
    file === undefined
      ? history.policy
      : readPolicyFile(file, policyFile === undefined ? "--what-if" : "--policy");
  const roles = new Map(
    changes
      .filter((change) => change.includes("="))
      .map((change) => parseChange(change, history, policy, tasks)),
  );
  const byFile = file === undefined ? undefined : assignBy(policy);
  const shownFor = (role: string) =>
    roles.get(role) ?? (byFile && writtenFor(policy, role)) ?? (allOpus ? ALL_OPUS : undefined);
  return {
    asked: [...changes, ...(policyFile === undefined ? [] : [policyFile]), ...(allOpus ? ["all-opus"] : [])],
    policy,
    isForAll: allOpus && file === undefined,
    shownFor,
    assign: (of) => {
      const one = roles.get(of.role);
      if (one) return assignmentFor(one.model, one.effort ?? undefined, of.planMode);
      return byFile?.(of) ?? (allOpus ? { tier: "opus" } : undefined);
    },
  };
}

const ALL_OPUS: WrittenAssignment = { model: "opus", effort: null };

function writtenFor({ roles, main }: Policy, role: string): WrittenAssignment | undefined {
  const { model, effort } =
    roles.get(role) ?? (role === "main" ? main : { model: undefined, effort: undefined });
  if (model === undefined) return undefined;
  const own = model === "inherit" ? main : { model, effort };
  return { model: own.model, effort: own.effort ?? null };
}

function readPolicyFile(path: string, option: string): Policy {
  const text = readTextFile(path);
  if (text === undefined)
    throw new UsageError(`${option}: no such file "${path}"`, {
      hint: `Expected ${option === "--policy" ? "" : "ROLE=MODEL, such as reviewer=haiku, or "}the path of a policy file.`,
    });
  return resolvePolicy([parsePolicy(text, path)], modelFacts());
}

const CHANGE = /^(?<role>[^=]+)=(?<model>[^=@]+)(?:@(?<effort>[^=@]+))?$/;

function parseChange(
  change: string,
  history: OpenedHistory,
  policy: Policy,
  tasks: readonly JudgedTask[],
): readonly [string, WrittenAssignment] {
  const { role = "", model = "", effort } = CHANGE.exec(change)?.groups ?? {};
  if (role === "" || model === "")
    throw new UsageError(`--what-if: invalid change "${change}"`, {
      hint: "Expected ROLE=MODEL, such as reviewer=haiku or main=sonnet@low.",
    });
  if (effort !== undefined && !isEffort(effort))
    throw new UsageError(`--what-if: unknown effort "${effort}"`, { hint: expectOneOf(effort, EFFORTS) });
  return [roleFor(role, policy, tasks), { model: modelFor(model, role, history), effort: effort ?? null }];
}

/** Returns the role of a name: its own, or that of an agent type. */
function roleFor(name: string, policy: Policy, tasks: readonly JudgedTask[]): string {
  const known = new Set(["main", ...policy.roles.keys(), ...tasks.map(({ role }) => role)]);
  if (known.has(name)) return name;
  const role = roleName(policy, name);
  if (known.has(role)) return role;
  const meant = nearest(name, [...known]);
  throw new UsageError(`--what-if: unknown role "${name}"`, {
    hint: meant
      ? `Expected a name such as ${meant}. Try rolecall roles, which lists them.`
      : "Try rolecall roles, which lists them.",
  });
}

function expectedModels(name: string, models: OpenedHistory["models"]): string {
  const near = nearestModels(name, models);
  return near.length > 0
    ? `a name such as ${near.join(", ")}`
    : "a tier (haiku, sonnet, opus, fable) or the ID of a model";
}

const MAIN_ONLY = new Set(["opusplan", "best", "default"]);

function modelFor(name: string, role: string, { models }: OpenedHistory): string {
  const word = name.toLowerCase();
  if (isFamily(word) || (role === "main" && MAIN_ONLY.has(word))) return word;
  const entry = models.find(name);
  if (entry?.rates) return entry.id;
  if (entry)
    throw new UsageError(`--what-if: model without a price "${name}"`, {
      hint: "Expected a model with a price. Try rolecall models add PRICES.json, which adds prices.",
    });
  throw new UsageError(`--what-if: unknown model "${name}"`, {
    hint: `Expected ${expectedModels(name, models)}. Try rolecall models, or rolecall models add PRICES.json for a new one.`,
  });
}
