import { ENDLESS, type Validator } from "../validate.ts";
import { codeOf } from "./fenced.ts";
import { CHECK_TIMEOUT_MS, resultOfTask, runIsolated } from "./isolated.ts";
import { compileSchema } from "./schema-drafts.ts";

/** Limits of a check. */
export interface CheckLimits {
  /** The longest that it may take, in ms (default 5000); an answer that takes longer is turned down. */
  timeoutMs?: number;
}

/**
 * Checks that the answer is JSON that fits a JSON Schema of draft 4, 6, 7, 2019-09 or 2020-12. `$schema` names the draft;
 * without it, the newest draft that accepts the schema counts. Formats are notes, not rules. Throws InvalidInputError if
 * the schema itself is invalid.
 *
 * @example
 * ```ts
 * import { createAnthropicSender, createExecutor, HAIKU_CASCADE, jsonSchema } from "rolecall";
 *
 * const invoice = jsonSchema({ type: "object", required: ["total"], properties: { total: { type: "number" } } });
 * const executor = createExecutor({ policy: HAIKU_CASCADE, sender: createAnthropicSender() });
 * const request = { taskType: "extract", prompt: "The invoice as JSON: …", validate: invoice };
 * await executor.run(request).catch(({ reason }) => console.log(reason)); // person: no answer fits
 * ```
 */
export function jsonSchema(
  schema: object | boolean,
  { timeoutMs = CHECK_TIMEOUT_MS }: CheckLimits = {},
): Validator {
  compileSchema(schema);
  const written = JSON.stringify(schema);
  return {
    name: "schema",
    kind: "schema",
    async check({ text }, signal = ENDLESS) {
      const task = { kind: "schema", schema: written, code: codeOf(text, ["json"]) } as const;
      return resultOfTask(await runIsolated(task, { timeoutMs, signal }));
    },
  };
}
