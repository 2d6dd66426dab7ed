import type { Validator, Verdict } from "../../src/executor/validate.ts";

/** Asks a validator about a text. */
export const verdictOf = async (validator: Validator, text: string): Promise<Verdict> =>
  validator.check({ text, message: undefined }, new AbortController().signal);
