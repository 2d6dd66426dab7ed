import { bad, GOOD, type Validator } from "./validate.ts";

const MORE = "asks for more information";
const CONTEXT = "asks for context";
/** Things that a model may claim to lack. */
const GIVEN = String.raw`(?:code|files?|contents?|context|errors?|error message|logs?|schema|stack trace|attachment|image|source)`;

/** Signs that a model is out of its depth: it asks for what it was given, or for more. */
const FLAGS: readonly (readonly [RegExp, string])[] = [
  [
    /\b(?:I|we)(?:'d| would)? (?:will |still |also )?(?:need|require) (?:some |a (?:bit|little) )?(?:more|additional|further) (?:information|context|details?)\b/i,
    MORE,
  ],
  [
    /\b(?:I|we) (?:don't|do not|didn't|did not) have (?:enough|sufficient|access to enough) (?:information|context|details?)\b/i,
    MORE,
  ],
  [
    /\b(?:isn't|is not|not|wasn't) enough (?:information|context|details?)\b|\binsufficient (?:information|context|details?)\b/i,
    MORE,
  ],
  [
    /\b(?:more|additional|further) (?:information|context|details?) (?:is|are|would be) (?:needed|required)\b/i,
    MORE,
  ],
  [
    /\b(?:could|can|would|will) you (?:please )?(?:provide|share|paste|send|show|give) (?:me |us )?(?:with )?(?:the|your|more|some|a)\b/i,
    CONTEXT,
  ],
  [
    /\b(?:could|can|would) you (?:please )?clarify\b|\bplease (?:clarify|let me know (?:which|what|where))\b/i,
    CONTEXT,
  ],
  [
    /\bplease (?:provide|share|paste|send|upload|attach|include) (?:me |us )?(?:the|your|more|some|a|it|them)\b/i,
    CONTEXT,
  ],
  [
    /\b(?:without|until) (?:seeing|having|access to|more) [^.?!\n]{0,60}\b(?:I|it)(?:'m| am| is)? (?:can(?:'t|not)|cannot|unable|hard|impossible|difficult)/i,
    CONTEXT,
  ],
  [
    /\bI(?:'m| am)? (?:can(?:'t|not)|unable to) [^.?!\n]{1,60}\bwithout (?:the|your|access|seeing|more|knowing)\b/i,
    CONTEXT,
  ],
  [
    new RegExp(
      String.raw`\b(?:I|we)(?:'d| would| will)? (?:still |also )?need (?:to see|access to|(?:the|your) (?:full |complete |exact |rest of |${GIVEN}\b))`,
      "i",
    ),
    CONTEXT,
  ],
  [
    new RegExp(
      String.raw`\b(?:I|we) (?:can't|cannot|don't|do not) see (?:the|any|your) (?:[\w.-]+ ){0,2}${GIVEN}\b`,
      "i",
    ),
    CONTEXT,
  ],
  [
    new RegExp(
      String.raw`(?:^|[.!?]\s+|\n)(?:no|the|it seems (?:that )?the) ${GIVEN} (?:was|were|is|are)(?: not|n't)? (?:provided|attached|included|shared)\b`,
      "i",
    ),
    CONTEXT,
  ],
  [
    /(?<!\b(?:if|when|that|because|unless) )\byou (?:haven't|have not|didn't|did not) (?:provided?|shared?|included?|given?|attach(?:ed)?) (?:the|any|your|me)\b/i,
    CONTEXT,
  ],
  [/\b(?:which|what) [^.?!\n]{1,60}\bare you (?:using|running)\?/i, CONTEXT],
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
