import type { PromptSignal } from "../../domain/event.ts";
import { CORRECTIONS, isDecline, withoutInterjection } from "./corrections.ts";
import { createFinder } from "./phrases.ts";

/**
 * What the words of a prompt say about the work before it (a correction, praise, the same request again) and about the
 * result it expects (a red test run, an edit taken back). English phrases only; a prompt in another language has no
 * signals and is judged by what was done.
 */
export function readSignals(prompt: string): PromptSignal[] {
  const text = normalize(prompt);
  const said = findSignals(text);
  const own = withoutInterjection(text);
  const found = new Set(NAMES.filter((name) => said.has(name)));
  if (isDecline(own)) found.add("declines");
  else if ((own === text ? said : findSignals(own)).has("correction")) found.add("correction");
  if (found.has("changed-mind")) found.delete("correction");
  if (found.has("expects-red") && WANTS_GREEN.test(text)) found.delete("expects-red");
  if (found.has("praise") && PRAISE_THEN_BUT.test(text)) found.delete("praise");
  else if (
    found.has("praise") &&
    /^(?:perfect|great|thanks|thank you|nice|excellent|awesome|lgtm|looks good|good)\b/.test(text) &&
    !PRAISE_THEN_BUT.test(text)
  )
    found.delete("correction");
  return [...found];
}

/**
 * What a prompt says of the work before it, it says at its start or its end; between them long prompts hold logs and code.
 * Lower case, straight quotes, no code blocks or quoted text: an error log in a prompt is not the user's words.
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
    .trim();
}

const SIGNALS: Readonly<Partial<Record<PromptSignal, readonly RegExp[]>>> = {
  "changed-mind": [
    /\bchanged? (?:my|our|their|his|her) minds?\b/,
    /\b(?:after all(?=[.,!?]|$| (?:please|we|i|so|and|then)\b)|on second thoughts?|upon reflection)/,
    /\b(?:we|they|product|the team|the client|marketing|legal|design) (?:decided|prefers?|wants? (?:the|it) old|dropped|cancell?ed|no longer)\b/,
    /\b(?:no longer|not) need(?:ed)?(?: (?:it|that|this|any ?more))?\b.*\b(?:remove|revert|undo|drop|take)\b|\b(?:remove|revert|undo|drop|take)\b.*\b(?:no longer|not) needed\b/,
    /\b(?:undo|revert|remove|take (?:it|that) out|roll ?back|go back)\b.*\b(?:for now|for the moment|for this release|until|next (?:week|month|sprint|release|quarter)|later)\b/,
    /\b(?:that|it) (?:was|is) (?:right|fine|correct|good|great|nice), but\b.*\b(?:revert|undo|go back|restore|drop)\b/,
  ],
  praise: [
    /\b(?:perfect|great|thanks|thank you|thx|excellent|awesome|nice(?: work| one| job)?|well done|lgtm|looks? (?:good|great|right|fine)|good (?:job|work)|love it|exactly|brilliant|works? (?:now|great|perfectly|well|fine)|that (?:works|worked|did it|fixed it)|beautiful|cool|amazing|wonderful)\b/,
  ],
  continue: [
    /^(?:yes|yep|yeah|yup|sure|ok|okay|k|go(?: ahead| on| for it)?|continue|proceed|please do|do it|sounds good|next|carry on|keep going|approved?|ship it|merge it|correct|right|agreed|fine)\b/,
    /^(?:now|and|also|then|next|great|good|perfect|thanks)[,.! ]+(?:now |also |please |let's |can you )*(?:add|make|do|write|update|create|implement|commit|push|run|move|extend|handle|support|document|test|deploy|open|refactor|rename|cover)\b/,
    /\b(?:commit (?:it|this|that|the|these|and)|push (?:it|this)|open a pr|create a (?:pr|pull request)|merge (?:it|this))\b/,
  ],
  "same-again": [
    /^(?:(?:please|can you|could you|ok|okay|just|now|then|hmm*)[,.! ]+)*(?:try|do|attempt) (?:it |that |this |the same |once )*(?:again|once more|another time)\b/,
    /\b(?:please )?try (?:it |that |this )?(?:again|once more)\b/,
    /^(?:(?:please|ok|okay|just)[,.! ]+)*(?:again|retry|redo|start over|once (?:again|more)|one more time)\b(?: please)?[.! ]*$/,
    /^same (?:request|task|thing|again|as before)\b/,
    /\bstart over from scratch\b/,
  ],
  "new-work": [
    /^(?:(?:now|next|ok|okay|great|thanks|also|and|then|please|let's|can you|could you|i want you to|i'd like|we need to)[,.! ]+)*(?:add|implement|create|write|build|refactor|rename|design|plan|explain|review|document|update|migrate|extract|move|optimi[sz]e|generate|set up|configure|look (?:at|into)|find|search|investigate|summari[sz]e|upgrade|bump|port|convert|delete|drop|format|sort|draft|check|how|what|where|why|which|show|list)\b/,
  ],
  "expects-red": [
    /\b(?:write|add|create|start with|begin with|first|commit|produce|want|need) (?:me )?(?:an? |the |one |some |two )?(?:new |first |single |minimal )?(?:failing|red) (?:\w+ ){0,2}(?:tests?|specs?|cases?)\b/,
    /\b(?:tests?|specs?) (?:that|which) (?:currently |still |now )?(?:fails?|reproduces?|demonstrates?|exposes?|proves?)\b/,
    /\b(?:tests?|specs?) (?:should|must|will|has to|have to|needs? to|ought to|(?:is|are) (?:expected|supposed|meant) to) (?:still )?(?:fail|be red|go red)\b/,
    /\breproduc(?:e|es|ing|tion)\b.{0,40}\b(?:bug|issue|problem|failure|crash|error|it)\b/,
    /\bmake sure (?:the |that the |your )?(?:new )?tests? fails?\b/,
    /\b(?:don't|do not|without) (?:fix|fixing|implement|implementing|touch(?:ing)? the (?:code|implementation)|chang(?:e|ing) the (?:code|implementation))\b/,
    /\b(?:which|what|how many)\b.{0,20}\b(?:tests?|specs?|checks?|suites?)\b.{0,20}\bfail/,
    /\b(?:list|report|show|tell me|say|see|count|collect|summari[sz]e)\b (?:me )?(?:back )?(?:(?:the|all|any|which|what) )*(?:failing|failed) (?:tests?|specs?|checks?)\b/,
    /\b(?:list|report|show|tell me|say|see)\b (?:me )?(?:back )?(?:(?:the|all|any|which|what) )*(?:(?:ones|of them|tests?) )?(?:fails?|failures|failing)\b(?=[.,!?]|$| and)/,
    /^(?:explain |tell me |find out )?why (?:does|do|is|are|did)\b.{0,60}\bfail/,
    /\b(?:xfail|tests? first|red (?:phase|step))\b/,
  ],
  "asks-undo": [
    /\b(?:undo|revert|restore|roll ?back|back out|take (?:it|that|them) (?:out|back)|put (?:it|them) back|remove (?:it|them|the (?:log|debug|print|trace)\w*)(?: \w+)* (?:again|afterwards|after|when))\b/,
    /\btemporar(?:y|ily)\b|\bexperiment\b|\bas a test\b|\bgo back to the (?:old|previous|original)\b/,
  ],
};

const NAMES = Object.keys(SIGNALS) as PromptSignal[];
const findSignals = createFinder<PromptSignal>([
  ...NAMES.flatMap((name) => (SIGNALS[name] ?? []).map((pattern) => [name, pattern] as const)),
  ...CORRECTIONS.map((pattern) => ["correction", pattern] as const),
]);

/** Whoever asks for a fix, or for green, wants it in the end: then a red run is only a step. */
const WANTS_GREEN =
  /(?<!\b(?:don't|do not|not|without|never|before you|i|i'll|i will|i can|to|will|can|we|we'll|let me) )\b(?:fix|repair|resolve|solve)\b|\b(?:then|and(?: then)?|afterwards|after that)\s+(?:also |please )?(?:implement|write the (?:code|implementation)|do the (?:fix|implementation)|solve)\b|\b(?:make|get|turn)\b.{0,30}\b(?:pass|green)\b|\buntil\b[^.?!]{0,40}\b(?:pass|green)/;

const PRAISE_THEN_BUT =
  /\b(?:but|however|except|though|although)\b|\bnot (?:great|good|perfect|nice|exactly|cool)\b|^(?:great|nice|cool|perfect),? (?:now )?(?:it|that|everything)(?:'s| is) (?:broken|worse|failing)/;
