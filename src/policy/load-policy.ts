import type { Policy } from "../domain/policy.ts";
import { loadPolicies } from "./load.ts";
import { locatePolicies, type PolicyPlaces } from "./places.ts";
import { resolvePolicy } from "./resolve.ts";
import { modelFacts } from "./catalogue-facts.ts";

/** The policy that holds in `cwd`, and where its files are. Throws InvalidInputError with every problem of every file. */
export function loadPolicy(cwd: string, env: NodeJS.ProcessEnv): { policy: Policy; places: PolicyPlaces } {
  const places = locatePolicies(cwd, env);
  return { policy: resolvePolicy(loadPolicies(places), modelFacts()), places };
}
