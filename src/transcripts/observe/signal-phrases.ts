import type { PromptSignal } from "../../domain/prompt-signal.ts";

/** Programs and steps of checking, as people name them. */
const CHECKS =
  "(?:tests?|specs?|builds?|ci|lint(?:er|ing)?|types?|type ?check|checks?|pipeline|pr run|release(?: pipeline)?|(?:npm|mise|make|go|bun) \\w+)";

/** Phrases of a prompt (lower case, straight quotes) by what they say. Each begins at a word. */
export const SIGNALS: Readonly<Partial<Record<PromptSignal, readonly RegExp[]>>> = {
  failure: [
    new RegExp(
      `\\b${CHECKS}(?: run)?"? (?:\\w+ ){0,2}?(?:fail(?:s|ed|ing|z)?|is red|are red|broke|is broken|are broken|not passing|complains?)\\b`,
    ),
    new RegExp(
      `^(?:we |i )?(?:got |get |have |see )?(?:some )?(?:${CHECKS} )(?:fail\\w*|errors?|broken|red)\\b`,
    ),
    new RegExp(`^(?:please |can you |now |ok )*fix (?:the |these |those |your |failing |all )*${CHECKS}\\b`),
    /\b(?:fail(?:s|ed|ing)? (?:now|again)|(?:is|are) (?:still |now |also |all )?failing)\b/,
    /\bi(?:'m not| (?:don't|do not|can't|cannot|am not)) (?:see|seeing|find|finding|get|getting)\b/,
    /\bi(?:'m| am) (?:still |now )?(?:getting|seeing)\b|\bi (?:now |still )?(?:get|got) (?:an? |the |this |some )?(?:\w+ ){0,2}(?:error|warning|exception|issue|failure|\.)/,
    /\b(?:we(?:'re| are)|it(?:'s| is)) (?:still |now )?(?:getting|seeing|throwing)\b/,
    /\b(?:it|this|that|they)(?:'s| is| are) (?:not|never) (?:\w+ ){0,2}(?:updated|shown|displayed|called|applied|saved|rendered|there|loaded|set)\b/,
  ],
  symptom: [
    /\bwhy (?:is|are|does|do) (?:it|this|that|there|the \w+)\b/,
    /^it (?:somehow|always|only|now|seems|looks|still|also|just|does|doesn't|is|isn't)\b/,
    /\b(?:plenty of|lots of|a lot of|many) (?:warnings|errors)\b/,
    /\b(?:seems?|looks?) (?:to be |like )?(?:\w+ ){0,3}(?:broken|off|wrong|weird|strange|missing|gone|lost)\b/,
    /\b(?:is|are) (?:now |still |somehow )?(?:broken|bugged|missing|off|cut off|gone|empty|blank|wrong|incorrect)\b/,
    /\b(?:doesn't|does not|don't|do not|isn't|is not) (?:seem to |really |actually |correctly |properly )*(?:work|show|end|clear|update|change|resolve|appear|render|display|compile|build|respect|match|render\w*|work\w*|show\w*|updat\w*|decrement\w*|handle|get)\b/,
    /\b(?:does|do|did)(?:n't| not) (?:sound|look|feel|seem) (?:quite |really |very )?(?:right|rigth|good|correct|great|nice)\b/,
    /\b(?:seems?|looks?|feels?|is|are) (?:to be )?(?:still |a bit |a little |way |far |just )?too (?!(?:if|when)\b)\w+(?! to\b)/,
    /\bnot (?:\w+ )?(?:correctly|properly)\b/,
    /\bshould (?:also |always )?(?:be (?:visible|shown|displayed)|appear|show(?: up)?)\b/,
    /\b(?:is|are)(?:n't| not) (?:being |correctly |properly )*(?:rendered|shown|displayed|updated|called|applied|saved|loaded|visible|aligned)\b/,
    /\b(?:i'd|i would|would) (?:have )?expect(?:ed)?\b|\bexpected to see\b/,
    /\b(?:i|we) (?:just )?(?:noticed|realized|found) (?:a|an|that|another)\b/,
    /\b(?:there's|there is|i have|we have|found) (?:a|an|some|still a) (?:bug|issue|problem|error|regression)\b/,
    /\bnothing (?:happens|happened|is happening|changes|changed|shows up|appears)\b/,
    /\b(?:no longer|stopped) (?:work|show|render|load|updat|build|compil|appear|respond)\w*/,
    /\b(?:won't|can't|cannot|can not) (?:start|load|open|run|compile|build|connect|stop|close|click|scroll|select|log ?in|install|launch)\b/,
    /\b(?:shows up|appears|displayed|rendered|called|fired?|runs?|listed|printed|logged) (?:twice|two times|multiple times|again and again)\b/,
  ],
  contradiction: [
    /\bnot (?:fully|entirely|totally|completely|strictly|quite|really) (?:true|accurate|the case)\b(?![^.]*\?)/,
    /\b(?:isn't|aren't|wasn't|not) (?:really |quite |nearly )?(?!good\b)\w+ enough\b(?![^.]*\?)/,
    /\bare (?:we|you) (?:really |absolutely |quite )?sure\b/,
    /\b(?:that|this|it)(?:'s| is| isn't| is not| was) (?:just |simply |totally |completely )?(?:wrong|incorrect|(?:not )?(?:right|correct|true|the case))\b(?<!(?:'s| is| was) (?:right|correct|true|the case))(?!.*\?)/,
    /\byou(?:'re| are) not (?:quite |really )?(?:correct|right)\b|\b(?:is|are|was) not (?:quite |really )?(?:correct|accurate)\b(?![^.]*\?)|\bi (?:actually |really )?mean(?:t)? not\b/,
    /\byou(?:'re| are) (?:wrong|mistaken|confusing)\b|\bdoesn't mean\b|\b(?:option|solution|approach|step) \w+ (?:doesn't|does not|won't) work\b/,
    /\bi (?:can )?(?:also |totally |clearly |definitely )+see\b|\bi still see\b|\bi've (?:just )?(?:observed|verified|checked|tested) (?:that|it)\b/,
    /\bmy point (?:is|was)\b|\bthe (?:first|second|third|last|other|next) (?:part|point|one|claim|sentence|half) (?:is|was) (?:not (?:right|correct|true)|wrong|incorrect)\b/,
    /^(?:e+m+|uh+|um+|er+m?)[,. -]+(?:doesn't|isn't|aren't|don't|wasn't|didn't)\b/,
    /^(?:no|nope|nah),? (?:it|that|there|they|the \w+|this)(?:'s|'re| is| are| does| do| has| have)(?: not|n't)?\b(?! (?:fine|ok|okay|good|enough|all|right|correct)\b)/,
  ],
  pushback: [
    /^(?:hm+|e+m+|mh+|uh+|umm*|erm?|ugh|fml)\b/,
    /^but\b/,
    /\b(?:couldn't|can't|shouldn't|isn't|aren't|doesn't|don't|didn't|wouldn't) (?:we|it|this|that|you|there|these|those|every|the \w+)\b[^.!]*\?/,
    /\bwhy (?:not|did|didn't|do|don't|would|exactly|are|aren'?t?|should|adding|add|keep)\b/,
    /\bdo we (?:really |even |still )?need\b|\b(?:is|was) (?:that|this|it) (?:really|actually|correct|right|needed|necessary)\b/,
    /\bi(?:'m| am) (?:questioning|not sure|confused|not sold|not convinced)\b|\bi (?:doubt|don't (?:quite )?like|don't think)\b/,
    /\bare you sure\b|\bnot (?:great|ideal|a fan|a good idea|sure)\b|\byuck\b/,
    /\b(?:any|is there (?:any|an)) other (?:option|way|idea)/,
  ],
  doubt: [/^(?:the|this|that|it|they|these|those)\b[^.?!:]{0,60}\bshould (?!also\b|we\b|i\b)/],
  "other-matter": [
    /\b(?:unrelated|different (?:topic|question|issue)|separate(?:ly)? (?:issue|question|thing|from)|side note|btw|by the way|on another note)\b/,
    /^(?:and |also |just )?(?:one|another) (?:more |other |last )?(?:thing|issue|question|bug|point|idea|problem|request|change|modification)\b/,
    /^(?:next|new|last|quick|final|learning|genuine) (?:one|issue|change|thing|task|question|topic|step|q)\b/,
    /^(?:q|question|debug)\b ?:/,
    /^(?:now|ok|okay|great|cool|next)[,. ]+(?:let's|lets|can (?:you|we)|could (?:you|we)|add|do|the|we)\b/,
    /\bi think there's a bug in\b/,
    /^(?:in|on) the [^,.?!]{3,40}, (?:when|if|there)\b/,
  ],
  stop: [
    /^(?:stop(?! hook)|wait|hang ?on|hold on|hold up|hold it|pause|abort|cancel(?: that)?|never ?mind|halt)\b/,
    /\b(?:let's|lets) (?:stop|pause|hold|discuss first)\b|\bstop (?:that|it|this|here|now|what you)\b/,
  ],
  "changed-mind": [
    /\bchanged? (?:my|our|their|his|her) minds?\b/,
    /\b(?:after all(?=[.,!?]|$| (?:please|we|i|so|and|then)\b)|on second thoughts?|upon reflection|thinking again)/,
    /\b(?:we|they|product|the team|the client|marketing|legal|design) (?:decided|prefers?|wants? (?:the|it) old|dropped|cancell?ed|no longer)\b/,
    /\b(?:no longer|not) need(?:ed)?(?: (?:it|that|this|any ?more))?\b.*\b(?:remove|revert|undo|drop|take)\b|\b(?:remove|revert|undo|drop|take)\b.*\b(?:no longer|not) needed\b/,
    /\b(?:undo|revert|remove|take (?:it|that) out|roll ?back|go back)\b.*\b(?:for now|for the moment|for this release|until|next (?:week|month|sprint|release|quarter)|later)\b/,
    /\bignore (?:this|that|the last|my last) (?:part|one|message|prompt|request|question)\b/,
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
    /^(?:(?:now|next|ok|okay|great|thanks|also|and|then|please|let's|can (?:you|we)|could (?:you|we)|i want you to|i'd like|we need to)[,.! ]+)*(?:add|implement|create|write|build|refactor|rename|design|plan|explain|review|document|update|migrate|extract|move|optimi[sz]e|generate|set up|configure|look (?:at|into)|find|search|investigate|summari[sz]e|upgrade|bump|port|convert|delete|drop|format|sort|draft|check|how|what|where|why|which|show|list)\b/,
    /^(?:how about|what about|maybe|ok maybe|could we (?:easily )?|would it (?:be|make)|i(?:'d| would) (?:like|prefer|love)|instead of|rather than)\b/,
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
    /\b(?:xfail|tests? first|red (?:phase|step)|should fail now)\b/,
  ],
  "asks-undo": [
    /\b(?:undo|revert|restore|roll ?back|back out|take (?:it|that|them) (?:out|back)|put (?:it|them) back|remove (?:it|them|the (?:log|debug|print|trace)\w*)(?: \w+)* (?:again|afterwards|after|when))\b/,
    /\btemporar(?:y|ily)\b|\bexperiment\b|\bas a test\b|\bgo back to the (?:old|previous|original)\b/,
  ],
  "asks-back": [
    /\b(?:undo|revert|restore|roll(?:ing)? ?back)\b/,
    /\b(?:bring|put|add) (?:it|them|(?:the|that|this|those|these|our)(?: [\w.`-]+){1,4}) back\b(?! (?:button|end|link)\b)/,
    /\bremove(?: [\w.`-]+){1,5} again\b|\bgo(?:ing)? back to\b/,
  ],
};
