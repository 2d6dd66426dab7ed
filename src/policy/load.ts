import { InvalidInputError, RolecallError, type InputProblem } from "../errors.ts";
import { parsePolicy } from "./parse.ts";
import type { PolicyPlaces } from "./places.ts";
import { readTextFile } from "./read-file.ts";
import type { PolicyLayer } from "./written.ts";

/** Reads the existing policies, the project's before the user's. Throws InvalidInputError with the problems of both. */
export function loadPolicies({ project, user }: Pick<PolicyPlaces, "project" | "user">): PolicyLayer[] {
  const layers: PolicyLayer[] = [];
  const problems: InputProblem[] = [];
  for (const path of new Set([project, user])) {
    try {
      const text = readIfThere(path);
      if (text !== undefined) layers.push(parsePolicy(text, path));
    } catch (thrown) {
      if (!(thrown instanceof InvalidInputError)) throw thrown;
      problems.push(...thrown.problems);
    }
  }
  if (problems.length > 0) throw new InvalidInputError("the policy", problems);
  return layers;
}

function readIfThere(path: string): string | undefined {
  try {
    return readTextFile(path);
  } catch (thrown) {
    if (!(thrown instanceof RolecallError)) throw thrown;
    const message = thrown.message.replace(`${path}: `, "");
    throw new InvalidInputError("the policy", [{ path, message, expected: "a regular file" }]);
  }
}
