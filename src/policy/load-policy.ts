import type { Policy } from "../domain/policy.ts";
import { loadPolicies } from "./load.ts";
import { locatePolicies, type PolicyPlaces } from "./places.ts";
import { resolvePolicy } from "./resolve.ts";
import { modelFacts } from "./catalogue-facts.ts";

/**
 * Loads the policy for `cwd` and the paths of its files. Throws InvalidInputError with all problems of all files.
 *
 * @example
 * ```ts
 * import { loadPolicy } from "rolecall";
 *
 * const { policy } = loadPolicy(process.cwd(), process.env);
 * console.log(policy.preset, policy.main.model, [...policy.roles.keys()]);
 * ```
 */
export function loadPolicy(cwd: string, env: NodeJS.ProcessEnv): { policy: Policy; places: PolicyPlaces } {
  const places = locatePolicies(cwd, env);
  return { policy: resolvePolicy(loadPolicies(places), modelFacts()), places };
}
