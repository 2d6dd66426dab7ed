import type { Policy } from "../domain/policy.ts";
import { loadPolicies } from "../policy/load.ts";
import { locatePolicies, type PolicyPlaces } from "../policy/places.ts";
import { resolvePolicy } from "../policy/resolve.ts";
import { modelFacts } from "./model-facts.ts";

/** The policy that holds in `cwd`, and where its files are. Throws InvalidInputError with every problem of every file. */
export function loadPolicy(cwd: string, env: NodeJS.ProcessEnv): { policy: Policy; places: PolicyPlaces } {
  const places = locatePolicies(cwd, env);
  return { policy: resolvePolicy(loadPolicies(places), modelFacts()), places };
}
