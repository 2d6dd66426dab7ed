import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import type { PlannedChange } from "../agents/change.ts";
import { dayOf } from "../domain/calendar.ts";
import { InvalidInputError, RolecallError } from "../errors.ts";
import { createEnvironment } from "../client/environment.ts";
import { KNOWN_VERSION } from "../client/version.ts";
import { locatePolicies } from "../policy/places.ts";
import { loadPolicy } from "../policy/load-policy.ts";
import { modelFacts } from "../policy/catalogue-facts.ts";
import { loadPlan } from "../agents/load-plan.ts";
import { readClientVersion } from "../client/installed-version.ts";
import { loadedAgents, readSetup, sessionAgent, type SetupRequest, surroundingsOf } from "../client/setup.ts";
import type { Examined } from "./examined.ts";

/** Reads everything that the rules check. */
export async function examine(request: SetupRequest, now: number): Promise<Examined> {
  const version = (await readClientVersion(request.env)) ?? KNOWN_VERSION;
  const setup = await readSetup({ ...request, version });
  const loaded = loadedAgents(setup);
  return {
    cwd: resolve(request.cwd),
    setup,
    facts: modelFacts(),
    environment: createEnvironment(setup.env, setup.layers),
    around: surroundingsOf(setup),
    loaded,
    sessionAgent: sessionAgent(setup, loaded),
    today: dayOf(now, "UTC"),
    ...(await examinePolicy(request)),
  };
}

/** Reads the policy and the files that differ from it. An invalid policy is a finding, not a failure. */
async function examinePolicy({
  cwd,
  env,
}: SetupRequest): Promise<Pick<Examined, "policy" | "policyProblems" | "drift">> {
  try {
    const { policy } = loadPolicy(cwd, env);
    const places = locatePolicies(cwd, env);
    if (!existsSync(places.project)) return { policy, policyProblems: [], drift: undefined };
    const { target, changes } = await loadPlan({ cwd, env });
    const drift = driftOf(changes, relative(target.root, places.project));
    return { policy, policyProblems: [], drift };
  } catch (thrown) {
    if (thrown instanceof InvalidInputError)
      return { policy: undefined, policyProblems: thrown.problems, drift: undefined };
    if (!(thrown instanceof RolecallError)) throw thrown;
    // A link or a device instead of a file: rolecall cannot write the policy's files.
    return { policy: undefined, policyProblems: [{ message: thrown.message }], drift: undefined };
  }
}

/** Groups files that only are missing; lists those that differ one by one. */
function driftOf(changes: readonly PlannedChange[], policyFile: string): { path: string; what: string }[] {
  const missing = changes.filter(({ action }) => action === "create");
  const others = changes.filter(({ action }) => action !== "create" && action !== "unchanged");
  const absent =
    missing.length === 1 ? "one file that it wants is" : `${missing.length} files that it wants are`;
  return [
    ...(missing.length > 0 ? [{ path: policyFile, what: `${absent} missing` }] : []),
    ...others.map(({ path, action }) => ({ path, what: WHAT[action] })),
  ];
}

const WHAT = {
  create: "it is missing",
  update: "it differs from the policy",
  conflict: "it was edited where the policy decides",
  orphan: "no role of the policy wants it any more",
  unchanged: "it is in sync",
} as const satisfies Record<PlannedChange["action"], string>;
