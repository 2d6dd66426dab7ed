import type { CheckResult, Validator } from "../../src/executor/validate.ts";

/** Asks a validator about a text. */
export const verdictOf = async (validator: Validator, text: string): Promise<CheckResult> =>
  validator.check({ text, message: undefined }, new AbortController().signal);
