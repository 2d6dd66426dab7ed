import { bad, type CheckResult, ENDLESS, GOOD, type Validator } from "../validate.ts";
import { codeOf } from "./fenced.ts";
import { CHECK_TIMEOUT_MS, resultOfTask, runIsolated, type TaskLimits } from "./isolated.ts";
import { parseJson } from "./parse-json.ts";
import type { CheckLimits } from "./schema.ts";

/**
 * Checks that the answer, or its first JSON block, is JSON.
 *
 * @example
 * ```ts
 * import { createAnthropicSender, createExecutor, json, SAME_MODEL } from "rolecall";
 *
 * const executor = createExecutor({ policy: SAME_MODEL, sender: createAnthropicSender() });
 * const request = { taskType: "extract", prompt: "The invoice as JSON: …", validate: json() };
 * await executor.run(request).catch(({ reason }) => console.log(reason)); // rejected: no answer is JSON
 * ```
 */
export function json({ timeoutMs = CHECK_TIMEOUT_MS }: CheckLimits = {}): Validator {
  return {
    name: "json",
    kind: "json",
    check: ({ text }, signal) => checkJson(text, { timeoutMs, signal }),
  };
}

/** From here on, parsing takes so long that it is done on another thread. */
const LONG_CHARS = 200_000;

/** Checks that the code of an answer is JSON. */
export function checkJson(text: string, limits: TaskLimits): CheckResult | Promise<CheckResult> {
  const code = codeOf(text, ["json"]);
  if (code.length > LONG_CHARS) return runIsolated({ kind: "json", code }, limits).then(resultOfTask);
  const { wrong } = parseJson(code);
  return wrong === "" ? GOOD : bad(wrong);
}

/**
 * Checks that a regular expression matches somewhere in the answer.
 *
 * @example
 * ```ts
 * import { createAnthropicSender, createExecutor, pattern, SAME_MODEL } from "rolecall";
 *
 * const executor = createExecutor({ policy: SAME_MODEL, sender: createAnthropicSender() });
 * const request = { taskType: "changelog", prompt: "An entry for …", validate: pattern(/^# /m) };
 * await executor.run(request).catch(({ reason }) => console.log(reason)); // rejected: no answer has a heading
 * ```
 */
export function pattern(wanted: RegExp, { timeoutMs = CHECK_TIMEOUT_MS }: CheckLimits = {}): Validator {
  return {
    name: "pattern",
    kind: "pattern",
    async check({ text }, signal = ENDLESS) {
      return resultOfTask(
        await runIsolated({ kind: "pattern", pattern: wanted, text }, { timeoutMs, signal }),
      );
    },
  };
}

const STATED = /^\W*confidence\W*[:=]\W*(\d+(?:\.\d+)?)\s*(%?)\W*$/i;
/** No longer line states a confidence: the expression above is slow on long runs of punctuation. */
const STATED_CHARS = 100;

/**
 * Checks that the model is sure enough: it is asked to state a confidence, and the line that does is taken out of the
 * answer.
 *
 * @example
 * ```ts
 * import { confidence, createAnthropicSender, createExecutor, SONNET_TO_OPUS } from "rolecall";
 *
 * const executor = createExecutor({ policy: SONNET_TO_OPUS, sender: createAnthropicSender() });
 * const request = { taskType: "triage", prompt: "Is this a bug? …", validate: confidence({ atLeast: 0.8 }) };
 * await executor.run(request).catch(({ reason }) => console.log(reason)); // rejected: nobody is sure enough
 * ```
 */
export function confidence({ atLeast }: { atLeast: number }): Validator {
  return {
    name: "confidence",
    kind: "confidence",
    instruction:
      "End your answer with a line of its own that says how sure you are that it is right and complete, " +
      "as a number from 0 to 1: `Confidence: 0.85`.",
    check({ text }) {
      const { share } = readConfidence(text);
      if (share === undefined) return bad("it does not state its confidence");
      return share >= atLeast ? GOOD : bad(`its confidence is ${share}, and ${atLeast} is required`);
    },
    finish: (text) => readConfidence(text).rest,
  };
}

/** Returns the confidence that the last such line states, and the text without that line. */
function readConfidence(text: string): { share?: number; rest: string } {
  const lines = text.split("\n");
  const index = lines.findLastIndex((line) => statementIn(line) !== null);
  const [, number, percent] = statementIn(lines[index] ?? "") ?? [];
  if (number === undefined) return { rest: text };
  const share = percent || Number(number) > 1 ? Number(number) / 100 : Number(number);
  return { share, rest: lines.toSpliced(index, 1).join("\n").trimEnd() };
}

function statementIn(line: string): RegExpExecArray | null {
  return line.length > STATED_CHARS ? null : STATED.exec(line);
}
