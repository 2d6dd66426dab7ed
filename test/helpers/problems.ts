import { InvalidInputError, type InputProblem } from "../../src/errors.ts";

/** Returns the problems for which `parse` refuses its input; none if it accepts it. */
export function problemsOf(parse: () => unknown): readonly InputProblem[] {
  try {
    parse();
  } catch (thrown) {
    if (thrown instanceof InvalidInputError) return thrown.problems;
    throw thrown;
  }
  return [];
}
