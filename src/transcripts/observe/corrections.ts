/**
 * Returns whether a prompt (lower case, straight quotes, no code, no interjection in front) turns something down: "no" to an offer or
 * a question is an answer, not a correction.
 */
export function isDecline(text: string): boolean {
  return DECLINES.some((pattern) => pattern.test(text));
}

export function withoutInterjection(text: string): string {
  return text.replace(INTERJECTION, "");
}

/** Words that say nothing, in front of those that do. */
const INTERJECTION =
  /^(?:(?:hmm*|hm|oh|oops|uh|um|well|so|sorry|ok|okay|but|and|hey|argh|ugh|damn|eh|ah)[,.! …-]+)+/;

const DECLINES: readonly RegExp[] = [
  /^(?:no|nope|nah|neither|none|nothing(?: else| more)?|not (?:now|yet)|no need|don't bother|skip it|leave it)(?:,? (?:thanks?|thank you|please))?[.! ]*$/,
  /^(?:no|nope|nah|neither|nothing else)[,.! ]+(?:thanks?|thank you|need|problem|worries|that's (?:all|fine|ok|it|okay|enough|good)|that'll be|not? (?:now|yet)|it's (?:fine|ok|okay|good)|(?:leave|keep|skip) (?:it|that|them|the|this)|just (?:commit|push|leave|merge|go|ship|continue)|don't (?:bother|push|commit|worry|deploy|open|merge)|we(?:'re| are) (?:good|done|fine)|i'll|i will|i'd|i can|later|go ahead|continue|move on|let's|only|please (?:continue|go)|use the (?:default|first|second|other))/,
  /^(?:no|nope|nah)[,. ]+(?:don't|do not) (?:set|add|do|create|make|run|install|change|need)\b(?!.*\b(?:instead|wrong|you)\b)/,
  /^(?:no|nope|nah)\b(?!.*\b(?:not|wrong|but|instead|should|must|missing|broken)\b).*\b(?:fine|myself|later|enough|good as|as it is|for now|not needed)\b/,
];

const WRONG_NOW =
  "(?:empty|blank|wrong|broken|red|failing|missing|null|undefined|zero|nan|crashing|gone|unstyled|the (?:old|same)|slower|worse)";

/** Phrases that reject the work before. */
export const CORRECTIONS: readonly RegExp[] = [
  // Still not right.
  /\bstill (?:fail|broken|wrong|not|doesn't|does not|don't|isn't|red|empty|the (?:same|old)|see|get(?:ting)?|throws?|crash|errors?|there\b|happen|hang|flak|missing|shows?|returns?|too\b|has\b|feels?\b|an? (?:issue|problem|bug|error)\b)/,
  /\b(?<!^|\b(?:i|we|i'm|we're|i am|we are|while|if) )still \w+ing\b(?![^.,;]*\?)/,
  /\bi (?:actually|really) meant\b|\bi mean(?:t)? not\b/,
  /\bsame (?:error|problem|issue|failure|bug|result)\b(?! (?:in|with|for|on|exists?)\b.*\?)/,
  new RegExp(
    `\\b(?:is|are|was|it's|looks?) (?:(?:still|now|again) ${WRONG_NOW}|${WRONG_NOW} (?:now|again))\\b`,
  ),
  // Not right.
  /^(?:no|nope|nah|wrong|incorrect|no no)[,.:!… -]+(?!problem)\w+/,
  /^(?:wrong|incorrect|not (?:quite|really|exactly|right|correct|it|what))\b(?!.*\?$)/,
  /\b(?:that|this|it|which)(?:'s| is| was| isn't| is not| wasn't) (?:still |just |simply |completely )?(?:wrong|incorrect|incomplete|broken|not (?:right|correct|true|working|it|what|good|how|the|enough)|right|it\b|correct|what i|how|too (?:complicated|slow|long|verbose|much)|the wrong|only half)(?<!(?:'s| is| was) (?:still |just |simply |completely )?(?:right|it|correct|how|what i))/,
  /\bnot (?:what|how) i (?:asked|meant|wanted|said|had in mind|expected)\b|\bnot good enough\b/,
  /\bwrong (?:file|function|place|approach|column|field|value|way|one|branch|endpoint|order|format|name|type|test|thing|direction|line)s?\b(?! (?:case|handling|page))/,
  // What was done.
  /\byou(?:'ve| have) (?:also |now |just |completely |accidentally )?(?:broken|removed|deleted|dropped|lost|missed|forgotten|ignored|overwritten|messed|misunderstood)\b/,
  /\byou (?:made (?:that|this|it) up|hallucinated|messed)\b/,
  /\byou (?:forgot|missed|broke|removed|deleted|ignored|misunderstood|misread|didn't|did not|left out|overlooked|skipped|haven't|shouldn't have|were supposed|changed the wrong|got (?:it|that) wrong|made a mistake)\b/,
  /\b(?:your (?:change|fix|edit|patch|code|last \w+|\w+ change)|the (?:last|previous) (?:change|edit|fix|commit)|the \w+ you (?:wrote|added|made|changed|generated)) (?:is wrong|broke|breaks|introduced|caused|causes|fails?|failed|doesn't|does not|didn't|isn't|is not|crashes|throws)\b/,
  /\b(?:bug|error|mistake|problem|typo|regression)s? (?:in your|you (?:introduced|caused|made|added))\b|\bfix (?:your|the) (?:mistake|regression)\b/,
  /\b(?<=^|[.;!] |^\w{1,7}, )(?:but )?(?:that|this|it|they) (?:still |now |just |also )?(?:fails?|failed|crashe[sd]|throws|hangs|breaks|broke|causes|does nothing|doesn't|does not|didn't|did not|won't|isn't working|is not working)\b/,
  /^(?:doesn't|does not|didn't|did not|not|won't) (?:work|compil|build|pass|run|help|fix)(?:ing|e|ed)?\b(?!.*\?$)/,
  /^(?:your \w+|the (?:fix|change|patch)) (?:doesn't|does not|didn't|did not|isn't|won't)\b/,
  /\bthe \w+ (?:does nothing|(?:still |just )?(?:doesn't|does not) do anything)\b/,
  /\b(?:tests?|specs?|build|ci|lint|types?|type ?check|npm test|pytest) (?:don't pass|doesn't pass|do not pass|aren't passing|isn't green|(?:is|are) (?:now |all |still )?(?:red|broken|failing)|fails?|failed|broke)(?: (?:now|after|since|because|again|with your|on ci)|[.!]?$)/,
  /\b(?:now|after (?:your|that) (?:change|fix|edit)),? (?:it|the \w+|\w+ tests?|i get|i see|i have|there's|there is)\b.{0,30}\b(?:fails?|crash\w*|throws|broken|failing|don't|doesn't|\w*error\b|\w*exception|\d{3}\b|nan|undefined|blank|empty|gone)/,
  /^i(?:'m| am) (?:now )?(?:getting|seeing) (?:an? |the |this )?(?:\d{3}\b|\w*error|\w*exception|nan\b|undefined|failures?)/,
  // What is wanted instead.
  /\b(?<!(?:some|any)thing )(?:it|this|that|they|these|those) (?:should not|shouldn't|must not|should never) (?:be|have|show|change|happen|appear)\b/,
  /^(?:please |just |can you |could you )?(?:undo|revert|roll ?back|back out)(?:[.! ]*$| (?:that|this|it|the (?:last|previous|change|edit)|your|what you|those|these|everything|all)\b)/,
  /\b(?:undo|revert|roll ?back|back out) (?:that|your|what you|those|these)\b/,
  /^(?:please )?(?:go|change it|switch it) back\b/,
  /\bput (?:it|that|them|everything) back\b/,
  /\bi (?:was|am|'m) talking about\b|\b(?:isn't|is not|aren't|are not) (?:really|actually) \w+ing\b/,
  /\bi (?:said|asked (?:for|you)|told you|meant|wanted)\b(?! to thank)|\bas i said\b|\bi (?:don't want|didn't ask|did not ask|never asked)\b|\bnobody asked\b/,
  /\b(?:instead of what you|why (?:did you (?:remove|delete|change|drop|break|rename|skip|ignore|not)|didn't you)|you should have|should have been|was supposed to|were supposed to)\b/,
  /^(?:actually,? )?(?:it|that|this|they|the \w+(?: \w+)?) (?:should|must|has to|have to|needs to) (?:be|have|return|use|say|read|go|show|stay|come|apply)\b.*(?:,| and|;| but) ?(?:not|rather than|instead of)\b/,
  /^(?:actually|wait|hold on|hang on|stop(?=[,.!]))[,.! ]+.*\b(?:wrong|not|shouldn't|don't|instead|should)\b/,
  /^(?:don't|do not|stop) (?:do|use|change|touch|add|remove|mock|skip)(?:ing)?\b(?! yet)/,
  /\b(?:try|use|take|find) (?:a |an )?(?:different|another|completely different) (?:approach|way|solution|idea)\b/,
  /^(?:please )?(?:redo|rewrite) (?:it|that|this)\b/,
  /^did you (?:even|really|actually)\b/,
  /^why (?:is|are|does|do) (?:there|it|this|that|the \w+)\b.*\b(?:now|suddenly|again|any ?more)\b/,
];
