/**
 * Returns what the first text of an answer says about the work before it, as labels without any of its text: `concedes` that the user is
 * right, `admits` a mistake of its own, names a `fault`, `denies` that there is one, `relooks` at what it had looked at before, `restores` what
 * was there before, or `likes` an idea.
 */
export function readAnswerStart(text: string): string[] {
  const start = text
    .slice(0, 4 * START_CHARS)
    .replaceAll(/```[\s\S]*?(?:```|$)/g, " ")
    .replaceAll(/[‘’]/g, "'")
    .replaceAll(/[\s*_#>]+/g, " ")
    .trim()
    .slice(0, START_CHARS)
    .toLowerCase();
  return STARTS.filter(([, pattern]) => pattern.test(start)).map(([name]) => name);
}

/** Behind so many characters the answer is about details. */
const START_CHARS = 260;

/** Words of a model for its own work. */
const OWN =
  "(?:change|edit|fix|patch|refactor\\w*|rewrite|version|attempt|answer|commit|code|test|implementation|summary|analysis|migration|script|query|config\\w*|diagnosis|assumption)s?";

/** Words by what they say. */
const STARTS: readonly (readonly [string, RegExp])[] = [
  [
    "concedes",
    /\byou(?:'re| are) (?:(?:absolutely|totally|completely|entirely|quite|indeed|so) )?(?:right|correct)\b(?![^.!]{0,40}(?:\bbut\b|\bhowever\b))|\b(?:thanks|thank you) for (?:the correction|correcting|catching|flagging|pointing)\b|\bi stand corrected\b|\bno,? i(?:'m| am) not (?:sure|certain)\b/,
  ],
  [
    "admits",
    new RegExp(
      [
        "\\bmy (?:mistake|bad|fault|error|apologies|oversight|misunderstanding)\\b",
        "\\b(?:apologi[sz]e|apologies|oops|whoops)\\b|\\b(?:that|this|it)(?:'s| is|,? and it's) (?:all )?on me\\b",
        "\\bi (?:also |had |have )?(?:missed|forgot|overlooked|misread|misunderstood|misdiagnosed|broke|assumed|guessed|made (?:that up|a mistake|an error)|got (?:it|that|this) (?:wrong|backwards)|left out|jumped to)\\b",
        "\\bsorry (?:about|for) (?:that|this|the)\\b|\\bi (?:accidentally|mistakenly|incorrectly|wrongly|inadvertently|misspoke|misstated|mixed up|introduced)\\b",
        "\\b(?:that|which) was (?:a mistake|wrong|incorrect|an error)\\b",
        "\\bi (?:was|am) (?:wrong|mistaken|inconsistent)\\b|\\bi should(?:n't)? have\\b|\\bi (?:hadn't|didn't|wasn't|never) (?:\\w+ ){0,2}(?:check|test|verif|updat|account|consider|add|writ|look|handl|includ|ask|actually|done|run)\\w*",
        `\\bmy (?:own |earlier |previous |last |recent |first |new )?${OWN} (?:broke|made|was|were|didn't|wasn't|missed|caused|introduced|dropped|removed|still)\\b`,
        "\\b(?:that|which) i (?:just |accidentally |wrongly )?(?:deleted|removed|renamed|broke|dropped|introduced)\\b",
      ].join("|"),
    ),
  ],
  [
    "fault",
    /\b(?:that|this|it)(?:'s| is) (?:clearly |definitely |indeed |also )?an? (?:\w+ )?(?:bug|regression|mistake|oversight|problem|gap)\b|\b(?:real|genuine|actual) (?:bug|regression)\b|\b(?:issue|problem|bug|error|cause|culprit|failure)s? (?:is|was|are|visible)\b|\bi (?:can )?see (?:the|both|two|several) (?:\w+ )?(?:issues?|problems?|bugs?|errors?)\b|\bfound (?:the|a) (?:\w+ )?(?:bug|problem|cause|culprit)\b|\broot cause\b|\b(?:isn't|is not|aren't|wasn't) (?:being |getting )?(?:receiv|pass|call|render|updat|wired|applied|picked|set\b|propagat)\w*|\b(?:doesn't|does not) seem to be working\b|\bnot working\b/,
  ],
  [
    "denies",
    /\balready (?:fixed|done|in place|handled|covered|implemented|there)\b|\b(?:pre-?existing|unrelated|by design)\b|\b(?:is|that's|as) expected\b|\bnot (?:related|caused by|due to|from (?:our|my|this))\b|\bexisted before\b/,
  ],
  [
    "relooks",
    /\bre-?(?:trace|check|examine|assess|read|think|evaluate|verify|visit|consider|analy[sz]e|investigate|do)\b|\bmore (?:carefully|thoroughly|closely|deeply)\b|\b(?:look|check|search|trace|think|verify|go)(?:ing)? (?:\w+ ){0,5}(?:again|once more)\b|\bright again\b/,
  ],
  [
    "restores",
    /\b(?<!temporarily )(?:revert|restor|undo)(?:e|ing)? (?:it|them|all|everything|what|my|our|the|that|this|those|these)\b|\b(?:add|bring|put)(?:ing)? (?:it|them|(?:the|that|this|those|these)(?: \S+){1,4}) back\b(?! (?:button|end|link)\b)|\broll(?:ing|ed)? (?:(?:it|them|that|this) )?back\b/,
  ],
  ["catch", /\b(?:good|great|nice|excellent|sharp) (?:catch|eye|spot)\b|\bwell spotted\b/],
  [
    "likes",
    /\b(?:good|great|excellent|nice|clean|interesting|solid|smart) (?:idea|question|call|thinking|thought|point|instinct|suggestion|observation|design)s?\b|\bmakes sense\b|^(?:sure|absolutely|of course|definitely|got it|understood|perfect|agreed|fair|yes)\b/,
  ],
];
