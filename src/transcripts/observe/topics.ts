import { createFinder } from "./phrases.ts";

/**
 * Returns the words of a prompt that say what kind of work it asks for and how hard that is, as `git:commit`, at most twelve, in
 * the order in which they stand there; and how it is put: `form:question`, `form:consent`.
 */
export function readTopics(prompt: string): string[] {
  const own = prompt.includes("```") ? prompt.replaceAll(/```[\s\S]*?(?:```|$)/g, " ") : prompt;
  const text = own
    .replace(PLAN_START, "")
    .slice(0, READ_CHARS)
    .toLowerCase()
    .replaceAll(/[‘’]/g, "'")
    .replaceAll(/\s+/g, " ")
    .trim();
  return [...formsOf(prompt, text), ...[...findTopics(text)].slice(0, MOST)];
}

const MOST = 12;
/** Number of characters that are read: a request is near the start. */
const READ_CHARS = 400;

/** The client's own words before a plan that was approved. */
const PLAN_START = /^\s*implement the following plan:\s*(?:#+ *)?(?:(?:\w+ )?plan: *)?/i;

const QUESTION_START =
  /^(?:(?:so|and|but|ok(?:ay)?|hm+|wait|now|also|then|q:?|question:?|learning q:?|genuine question:?|just|quick(?: thing| question)?:?)[,:. ]+)*(?:what|why|how|where|when|which|who|whose|does|do|did|is|are|isn't|aren't|was|were|doesn't|don't|didn't|can it|can i|could it|should|would|will|has|have|any)\b/;
const CONSENT =
  /^(?:(?:yes|yep|yeah|yup|sure|ok(?:ay)?|k|go|go ahead|go for it|continue|proceed|please|do|do it|do that|do both|do all|sounds good|carry on|keep going|agreed?|fine|correct|exactly|option|let's|lets|try|implement|it|that|this|lgtm|looks good|both|all|with|and|the|fix|them|keep|we|can|start|now|then|done|next|number|task|phase|step|follow|through|your|recommendations?|apply|go with|pick up|but|use|sonnet|opus|haiku|fable|as|sub-?agents?|agents?|skip|rest|one|first|second|ones|of|those|these|please|including|everything|a|b|c|d|[#+&,.!-]|\d+[).=]?)[,.! ]*){1,12}$/;
/** It begins with what is to be done. */
const REQUEST =
  /^(?:(?:please|can you|could you|let's|lets|now|then|next|ok(?:ay)?|yes|yep|yeah|sure|hm+|also|and|great|thanks|i want you to|go ahead and)[,:. ]+)*(?:add|implement|create|build|refactor|restructure|rename|replace|remove|delete|drop|move|extract|write|document|migrate|convert|port|upgrade|bump|introduce|fix|repair|make|set|update|change|turn|extend|rewrite|clean|simplify|split|generate|configure|handle|support|use|adjust|apply|wrap|include|commit|push|merge|rebase|reply|respond|address)\b/;
const AGREES = /^(?:yes|yep|yeah|yup|sure|ok(?:ay)?|agreed?|go ahead|go for it)\b/;
/** A longer answer says itself what is wanted. */
const CONSENT_CHARS = 120;

/** Returns how the prompt is put. */
function formsOf(prompt: string, text: string): string[] {
  const forms = text.includes(".md") && /\b[\w/.-]+\.mdx?\b/.test(text) ? ["docs:file"] : [];
  if (PLAN_START.test(prompt)) forms.push("form:plan");
  else if (CONSENT.test(text)) forms.push("form:consent");
  else if (AGREES.test(text) && text.length <= CONSENT_CHARS && !text.includes("?"))
    forms.push("form:agreed");
  else if (text.startsWith("/")) forms.push("form:command");
  else if (REQUEST.test(text)) forms.push("form:request");
  else if (
    QUESTION_START.test(text) ||
    /\?["')\s]*$/.test(prompt.trim().slice(-20)) ||
    /\?/.test(text.slice(0, 160))
  )
    forms.push("form:question");
  return forms;
}

/** Words by what they say. Earlier in the prompt counts more (analysis/outcomes/categories.ts), so their order is kept. */
const TOPICS: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  git: {
    commit:
      /^(?:(?:please|ok(?:ay)?|now|then|and|so|yes|great|cool|perfect)[,.! ]+)*(?:comm?it|commi|exot)\b(?! (?:hash|message) (?:is|should|format))|(?<!\b(?:the|a|last|each|per|one|base|every) )\bcommit (?:it|this|that|these|them|and|the (?:staged|changes|merge|rest)|your|all|everything|then|please|now)\b(?! (?:is|was|has|should|which|where)\b)|\b(?:make|create|generate|write|give me|git me) (?:me )?(?:a |an |the )?(?:\w+ )?commit(?: message)?\b|\bcommit our changes\b/,
    push: /\b(?:force[- ])?push (?:it|this|that|please|and|to|if|the|your|now|again)\b|^(?:and )?(?:force )?push\b|\b(?:then|and) push(?=[.! ]*$)|\b(?:commit|rebase|merge)\b[^.?!]{0,20}\bpush\b/,
    pr: /\b(?:open|create|raise|make|draft|submit|update|add) (?:up )?(?:an?|the|new|another|draft|our|your|this) (?:\w+ ){0,2}(?:pr|pull request)\b(?! (?:comment|review))|\bcreate pr\b|\bpush\b.{0,8}\bdraft pr\b|\bpr (?:description|body|title)\b|\b(?:summary|description|title|text) (?:for|of) (?:the|this|a|my|our) (?:pr|pull request)\b|^(?:a )?draft pr\b/,
    merge:
      /\b(?:merge|rebas\w+|cherry-?pick\w*|squash\w*)\b(?! (?:logic|function|strategy|method|algorithm))|\bconfli(?:ct|x)\w*\b(?=.{0,20}\b(?:main|merge|branch|rebase)\b)|\bupdate (?:this |the )?(?:branch )?from (?:main|master|parent|our)\b/,
    rebase:
      /^(?:(?:please|now|ok(?:ay)?|then)[,. ]+)*(?:can|could) (?:we|you) (?:please )?(?:rebase|merge|push|commit|squash|cherry-?pick|check ?out|pull|stash)\b/,
    issue: /\b(?:file|open|create|raise) (?:an?|the) (?:\w+ ){0,2}issue\b/,
    branch:
      /\b(?:create|switch to|check ?out|make) (?:me )?(?:an?|the|new|another|that|this) (?:\w+ ){0,2}branch\b|\b(?:check ?out|switch to) (?:the |pr|his|her|main|master)\b|\bstage me\b|\bunstage\b/,
    release: /\b(?:create|make|cut|prepare|publish|do|tag) (?:a |the )?(?:new )?(?:release|tag|version)\b/,
  },
  review: {
    review: /\b(?:audit(?:ing|s)?|code[- ]?review|re-?review|review(?:er|ing|s)?|critique)\b/,
    comments:
      /\b(?:(?:pr|review|copilot|bugbot|cursor|github|open|unresolved|new|more|remaining|last|inline|pull request)[ -]){1,3}(?:comments?|feedback|threads?|suggestions?|findings?|nits?|nitpicks?)\b|\b(?:reply|respond)\b[^.?!]{0,30}\bcomments?\b|^(?:more|new) (?:pr )?comments?\b/,
    feedback: /\b(?:address|evaluate|eval|feedback|findings|severity)\b/,
  },
  docs: {
    docs: /\b(?:docs?|documentation|readme(?:\.md)?|document (?:the|this|that|it|how)|docstrings?|jsdoc|guide|tutorial|adr|write[- ]?up|markdown|mermaid|diagrams?)\b/,
    changelog: /\bchange ?log(?:\.md)?\b/,
    prose:
      /\b(?:proof ?read|wording|rephrase|rewrite (?:the )?(?:text|spec|paragraph|section)|writing[- ]clearly\w*|copy ?edit|typos?|spelling|em dash(?:es)?)\b/,
  },
  refactoring: {
    refactor:
      /\b(?:refactor\w*|restructur\w+|clean ?up|clean this up|tidy(?: up)?|simplif\w+|consolidat\w+|reorgani[sz]\w+|moderni[sz]\w+|decoupl\w+|flatten|unify)\b/,
    extract:
      /\b(?:extract|inline|dedup\w*|de-dup\w*|duplicat\w+|repeat(?:ed|ing)? (?:code|the)|split (?:the|this|it|up)|break up|share[ds]? (?:code|logic))\b/,
    rename:
      /\brenam(?:e|es|ing|ed)\b|\b(?:should|let's|lets|would|i would|please|can we|could we) (?:be )?call(?:ed)? (?:it|this|that|the|\w+)\b/,
    move: /\bmov(?:e|ing) (?:the|it|this|that|them|these|all|some|paths|\w+\.\w+)\b|\bbelong(?:s)? (?:in|into|to)\b/,
    remove:
      /\b(?:remov(?:e|ing)|delet(?:e|ing)|drop|get rid of|strip)\b(?! (?:the )?(?:button|sentence|text|border|padding|image))/,
    types:
      /\b(?:strong(?:ly)? types?|type safety|typed|use (?:the )?(?:existing|shared|same|typed) \w+|instead of (?:string|the|\w+ing))\b/,
  },
  debugging: {
    fix: /\b(?:fix(?:es|ing)?|repair|resolve|solve)\b/,
    bug: /\b(?:bugs?(?! report)|debug\w*|diagnose|troubleshoot|root cause|regression|hang(?:s|ing)?|leak\w*|race|flak\w+|crash\w*|weird|strange|problem|issue with)\b/,
    error: /\b(?:error|exception|stack ?trace|panic|traceback|warning:|fatal|undefined|cannot|unable to)\b/,
    fails:
      /\b(?:fail(?:s|z|ing|ed|ure|ures)?(?! (?:if|when|fast)\b)|broken?|not working|doesn't work|does not work|isn't working|stopped working|wrong|incorrect|missing)\b/,
    why: /^why (?:is|does|do|are|did|was|were|am|would)\b|\b(?:find out|figure out|see|know) why\b|\bwhy (?:is it|does it|do i|am i)\b/,
    expected:
      /\b(?:expected to see|would have expected|expectation (?:is|was)|expected (?:result|output|behaviou?r) (?:is|was)|i(?:'d| would) expect|i don't see|i can't see|i do not see|i just got|now got|got (?:this|these|the) (?:logs?|output|error)|i'm getting|i am getting|i'm seeing|i am seeing|i get|i got|not seeing|it (?:only|somehow|still|does not|doesn't)|still (?:not|no|fail\w*|see\w*|get\w*|broken|wrong|the same|there|an? (?:issue|problem|bug|error)|happen\w*|doesn't|isn't|can't))\b/,
    investigate: /\b(?:investigat\w+|look into|figure out)\b/,
    issue: /\b(?:analy[sz]e|triage)\b[^?!]{0,60}\/issues\/\d+/,
  },
  planning: {
    plan: /\b(?<!execut(?:e|ing)[- ])(?:plan|planning|roadmap|brainstorm\w*|break (?:it|this) down|spec(?:ification)?|write-plan|next steps?)\b/,
    design:
      /\b(?:re)?design\b|\b(?:architect(?:ure|ural)?|approach(?:es)?|(?:good|best|better|right|an?|our|testing) strateg(?:y|ies)|trade-?offs?|proposal|rfc|options?|alternatives?|concept|model the|semantics?)\b/,
    propose:
      /\b(?:what would you (?:propose|suggest|recommend)|(?:propose|suggest|recommend)\w*|how (?:would|should|could|can) (?:we|you|i|it)|what (?:if|do you think|about)|how about|would it (?:be|make)|does (?:that|this|it) make sense|thoughts|i(?:'m| am) (?:thinking|wondering|considering)|i wonder|i think|i feel|i don't think|i'd like to modify|i'm not sure|let's discuss|think about|in theory|ideally|(?:could|should)(?:n't)? we|can we (?!check|see|verify|confirm|tell|look|find|rebase|merge|commit|push|check ?out|test|run|try)|can't we|(?:maybe|perhaps) we|we (?:could|should)|wouldn't it|it would be)\b/,
  },
  question: {
    explain:
      /\b(?:explain|describe|summari[sz]e|walk me through|understand|overview|tell me|clarify|show me|difference between|what's|list (?:me|the|all))\b/,
    find: /\b(?:find|search|locate|where (?:is|are|do|does)|look (?:for|up)|grep|which (?:file|files|module|function|one))\b/,
    check:
      /\b(?:check|verify|validate|confirm|double check|make sure|inspect|analy[sz]e|compare|look at|have a look|read)\b/,
  },
  "code-generation": {
    feature:
      /\b(?:add|implement\w*|create|build|write|introduce|support|extend|develop|make|generate|include|display|show|hide|enable|allow|change|update|set|use|adjust|increase|integrate|convert|port|migrate|replace|carry out|execute|put|wrap|invert|inform|print|log|render|redesign|rework)\b/,
    test: /\b(?:write|add|create|generate|extend|more|missing|include|have|need)\b[^.?!]{0,40}\b(?:tests?|specs?|coverage|test case)\b|\b(?:unit|integration|e2e) tests?\b/,
    style:
      /\b(?:button|modal|layout|color|colour|font|css|style|align|header|footer|page|sidebar|card|icon|logo)\b/,
  },
  mechanical: {
    format:
      /\b(?:re)?format(?:ting|ted)?\b(?! (?:of|for|error|is))|\bprettier\b|\bindent(?:ation)?\b|\bwhitespace\b|\b(?:mise )?(?:run )?fmt\b/,
    rename: /\brenam(?:e|es|ing|ed)\b/,
    imports:
      /\bimports\b|\bimport (?:order|sort|path|statement)s?\b|\bunused (?:imports?|variables?|param\w*)\b/,
    config:
      /\b(?:config(?:uration)?|tsconfig|eslintrc|(?<=\w\.)env|settings|gitignore|ignore file|dependabot|dockerfile|package\.json|codeowners|yaml|toml|yml)\b/,
    bump: /\b(?:bump|upgrade|pin)\b|\bupdate (?:the )?(?:versions?|dep(?:endenc(?:y|ies)|s)?|packages?|lock ?file|node|\w+ to v?\d)/,
    typo: /\btypos?\b|\bspelling\b|\bcopyright\b|\blicen[cs]e header/,
    lint: /\b(?:fix|run|clean up) (?:the |all )?lint\w*|\blint(?:er)? (?:error|warning|fix)\w*/,
    move: /\b(?:move|copy|delete|remove) (?:the |that |this )?(?:file|folder|director(?:y|ies)|unused|dead|console|button|sentence)\b/,
    replace: /\b(?:find and replace|replace all|search and replace|s\/)\b/,
    run: /\b(?:run|rerun|execute) (?:the |all )?(?:tests?|lint|build|it|this)\b|^build it\b/,
  },
  reasoning: {
    architecture:
      /\b(?:architect(?:ure|ural)?|system design|trade-?offs?|scalab\w+|event[- ]sourc\w+|microservices?|domain model|state machine)\b/,
    multifile:
      /\b(?:across (?:the|all|every|\w+) (?:code ?base|files?|modules?|packages?|services?|repo\w*)|whole code ?base|entire code ?base|multi-?file|every (?:module|service|package))\b/,
    race: /\b(?:race conditions?|deadlocks?|concurren\w+|thread[- ]safe\w*|flak(?:y|iness)|intermittent\w*|memory leak|heisenbug|non-?determin\w+|livelock|ordering bug)\b/,
    security:
      /\b(?:securit\w+|vulnerab\w+|xss|csrf|sql injection|injection|auth(?:entication|ori[sz]ation) (?:bypass|flow|model)|threat|exploit|cve|encryption|sanitiz\w+|advisor(?:y|ies))\b/,
    design:
      /\b(?:re)?design(?:ing)? (?:the|a|an|our|and|of|how|for)\b|\b(?:strategy|proposal|rfc|approach(?:es)?|decide|evaluate|compare)\b/,
    plan: /\b(?:plan|planning|roadmap|break (?:it|this) down|steps? (?:to|for)|spec(?:ification)?)\b/,
    performance:
      /\b(?:performance|profil(?:e|ing)|bottlenecks?|optimi[sz]e|latency|slow(?:er)?|speed up|faster)\b/,
    migrate:
      /\bmigrat(?:e|ing|ion (?:of|to|from))\b|\bport (?:the|it|this|from)\b|\brewrite (?:\w+ ){0,4}(?:in|to|as)\b/,
    cause: /\b(?:root cause|investigat\w+|figure out|how (?:is|was|can) (?:it|this|that) possible)\b/,
  },
};

const findTopics = createFinder(
  Object.entries(TOPICS).flatMap(([group, patterns]) =>
    Object.entries(patterns).map(([name, pattern]) => [`${group}:${name}`, pattern] as const),
  ),
);
