import type { PromptSignal } from "../../domain/prompt-signal.ts";
import { CORRECTIONS, isDecline, withoutInterjection } from "./corrections.ts";
import { isForeign } from "./language.ts";
import { readPasted } from "./pasted.ts";
import { createFinder } from "./phrases.ts";
import { SIGNALS } from "./signal-phrases.ts";

/**
 * Returns what the words of a prompt say about the work before it (a correction, a symptom, praise, the same request again) and
 * about the result it expects (a red test run, a reverted edit). English phrases only; a prompt in another language only says
 * that it is `foreign`, and is judged by what was done.
 */
export function readSignals(prompt: string): PromptSignal[] {
  const text = normalize(prompt);
  const said = findSignals(text);
  const own = withoutInterjection(text);
  const found = new Set(NAMES.filter((name) => said.has(name)));
  if (isDecline(own)) found.add("declines");
  else if ((own === text ? said : findSignals(own)).has("correction")) found.add("correction");
  addPasted(prompt, found);
  resolveConflicts(text, found);
  if (found.size === 0 && isForeign(prompt)) found.add("foreign");
  return [...found];
}

function addPasted(prompt: string, found: Set<PromptSignal>): void {
  const pasted = readPasted(prompt);
  if (pasted === "error") found.add("failure");
  if (pasted !== "finding") return;
  for (const name of AGAINST) found.delete(name);
  found.add("finding");
}

/** Signals against the work before. */
const AGAINST = ["correction", "failure", "symptom", "contradiction", "pushback", "doubt"] as const;

const PUSHED_BACK = ["correction", "pushback"] as const;

/** Removes one of two signals that cannot both be meant. */
function resolveConflicts(text: string, found: Set<PromptSignal>): void {
  if (found.has("failure") && MOSTLY_WORKS.test(text)) found.delete("failure");
  if (found.has("changed-mind")) found.delete("correction");
  if (found.has("symptom") && /^(?:yes|yep|yeah|yup|right)\b/.test(text)) found.delete("symptom");
  if (PUSHED_BACK.some((name) => found.has(name)) && PROPOSES.test(text))
    for (const name of PUSHED_BACK) found.delete(name);
  if (found.has("pushback") && (AGREES.test(text) || WISHES.test(text))) {
    found.delete("pushback");
    found.add("doubt");
  }
  if (found.has("expects-red") && WANTS_GREEN.test(text)) found.delete("expects-red");
  if (!found.has("praise")) return;
  if (PRAISE_THEN_BUT.test(text)) found.delete("praise");
  else if (OPENS_WITH_PRAISE.test(text)) for (const name of AGAINST) found.delete(name);
}

/**
 * Lengths of the start and the end of a prompt that are read for words about the work before; between them long prompts hold logs and code.
 * Lower case, straight quotes, no code blocks: an error log in a prompt is not the user's words.
 */
const START_CHARS = 240;
const END_CHARS = 100;

function normalize(prompt: string): string {
  const own = prompt.includes("```") ? prompt.replaceAll(/```[\s\S]*?(?:```|$)/g, " ") : prompt;
  const ends =
    own.length > START_CHARS + END_CHARS ? `${own.slice(0, START_CHARS)}. ${own.slice(-END_CHARS)}` : own;
  return ends
    .toLowerCase()
    .replaceAll(/[‘’]/g, "'")
    .replaceAll(/[“”]/g, '"')
    .replaceAll(/(?! (?!\s))\s+/g, " ")
    .trim()
    .replace(/^(?:\d+[.)]|[-*•]) /, "");
}

const NAMES = Object.keys(SIGNALS) as PromptSignal[];
const findSignals = createFinder<PromptSignal>([
  ...NAMES.flatMap((name) => (SIGNALS[name] ?? []).map((pattern) => [name, pattern] as const)),
  ...CORRECTIONS.map((pattern) => ["correction", pattern] as const),
]);

/** A user who asks for a fix, or for green, wants it in the end: then a red run is only a step. */
const WANTS_GREEN =
  /(?<!\b(?:don't|do not|not|without|never|before you|i|i'll|i will|i can|to|will|can|we|we'll|let me) )\b(?:fix|repair|resolve|solve)\b|\b(?:then|and(?: then)?|afterwards|after that)\s+(?:also |please )?(?:implement|write the (?:code|implementation)|do the (?:fix|implementation)|solve)\b|\b(?:make|get|turn)\b.{0,30}\b(?:pass|green)\b|\buntil\b[^.?!]{0,40}\b(?:pass|green)/;

/** Another way is a new wish, however it is put: it does not say that the way before was wrong. */
const WISHES =
  /\b(?:better|alternatives?|simplif\w+|simpler|cleaner|(?:can|could|should|would)(?:n't|'t)? we\b|why (?:can't|don't|not)|duplicat\w+|repeated|renam\w+|naming|wording|another word|prefer\w*|in (?:two|multiple|several) places)\b/;
/** A user who offers another wording has a new wish. */
const PROPOSES =
  /\b(?:how about|could we easily|(?:ok(?:ay)?,? )?maybe (?:like this|instead)|(?:do you have|is there) a better (?:proposal|name|word|wording|way))\b/;
const MOSTLY_WORKS =
  /\b(?:seems? to work|generally works|works? (?:now|perfectly|generally)|everything else)\b/;
const AGREES = /^(?:yes|yep|yeah|yup|sure|ok|okay|right|agreed)\b/;
const OPENS_WITH_PRAISE = /^(?:perfect|great|thanks|thank you|nice|excellent|awesome|lgtm|looks good|good)\b/;
const PRAISE_THEN_BUT =
  /\b(?:but|however|except|though|although)\b|\bnot (?:great|good|perfect|nice|exactly|cool)\b|^(?:great|nice|cool|perfect),? (?:now )?(?:it|that|everything)(?:'s| is) (?:broken|worse|failing)/;
