import { bad, GOOD, type Validator } from "./validate.ts";

/** Signs that a model is out of its depth: it asks for what it was given, or for more. */
const FLAGS: readonly (readonly [RegExp, string])[] = [
  [
    /\b(?:I|we)(?:'d| would)? (?:will |still |also )?(?:need|require) (?:some |a (?:bit|little) )?(?:more|additional|further) (?:information|context|details?)\b/i,
    "asks for more information",
  ],
  [
    /\b(?:I|we) (?:don't|do not|didn't|did not) have (?:enough|sufficient|access to enough) (?:information|context|details?)\b/i,
    "asks for more information",
  ],
  [
    /\b(?:could|can|would|will) you (?:please )?(?:provide|share|paste|send|show|give) (?:me |us )?(?:with )?(?:the|your|more|some|a)\b/i,
    "asks for context",
  ],
  [
    /\bplease (?:provide|share|paste|send|upload|attach) (?:me |us )?(?:the|your|more|some|a)\b/i,
    "asks for context",
  ],
  [
    /\b(?:without|until) (?:seeing|having|access to|more) [^.?!\n]{0,60}\b(?:I|it)(?:'m| am| is)? (?:can(?:'t|not)|cannot|unable|hard|impossible|difficult)/i,
    "asks for context",
  ],
];

/** A request for help is at the end, in prose: not in quoted code, nor in the middle of a long answer. */
const READ_CHARS = 1500;

/** Finds the red flags of an answer, as parts of a sentence about it: `asks for context`. */
export function findAnswerFlags(answer: string): string[] {
  const prose = answer.replaceAll(/```[\s\S]*?(?:```|$)/g, " ").replaceAll(/`[^`\n]*`/g, " ");
  const end = prose.slice(-READ_CHARS);
  return [...new Set(FLAGS.filter(([pattern]) => pattern.test(end)).map(([, flag]) => flag))];
}

/**
 * Rejects an answer that asks for what it was given, or for more.
 *
 * @example
 * ```ts
 * import { createAnthropicSender, createExecutor, noRedFlags, SONNET_TO_OPUS } from "rolecall";
 *
 * const executor = createExecutor({ policy: SONNET_TO_OPUS, sender: createAnthropicSender() });
 * const request = { taskType: "fix", prompt: "Fix this: …", validate: noRedFlags() };
 * console.log((await executor.run(request)).text);
 * ```
 */
export function noRedFlags(): Validator {
  return {
    name: "red flags",
    kind: "red-flags",
    check({ text }) {
      const flags = findAnswerFlags(text);
      return flags.length === 0 ? GOOD : bad(`it ${flags.join(" and ")}; work with what is given`);
    },
  };
}
