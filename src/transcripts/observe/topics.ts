import { createFinder } from "./phrases.ts";

/**
 * Words of a prompt that say which category the work belongs to, as `mechanical:rename`, at most eight, in the order in which
 * they stand there.
 */
export function readTopics(prompt: string): string[] {
  const text = prompt
    .replaceAll(/```[\s\S]*?(?:```|$)/g, " ")
    .slice(0, READ_CHARS)
    .toLowerCase();
  return [...findTopics(text)].slice(0, MOST);
}

const MOST = 8;
/** What is asked for stands near the start. */
const READ_CHARS = 300;

/** Earlier in the prompt counts more (analysis/categories.ts), so the order of what is found is kept. */
const TOPICS: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  mechanical: {
    format:
      /\b(?:re)?format(?:ting|ted)?\b(?! (?:of|for|error))|\bprettier\b|\bindent(?:ation)?\b|\bwhitespace\b/,
    rename: /\brenam(?:e|es|ing|ed)\b/,
    imports: /\bimports\b|\bimport (?:order|sort|path|statement)s?\b|\bunused (?:imports?|variables?)\b/,
    config:
      /\b(?:config(?:uration)?|tsconfig|eslintrc|(?<=\w\.)env|settings|gitignore|ignore file|dependabot|dockerfile|package\.json|yaml|toml)\b/,
    commit:
      /^commit\b|\bcommit (?:messages?|it|this|that|these|and|the (?:staged|changes)|your|everything)\b|\bchangelog\b|\bpush (?:it|this|the)\b|\b(?:open|create) a (?:pr|pull request)\b/,
    bump: /\b(?:bump|upgrade|pin)\b|\bupdate (?:the )?(?:versions?|dep(?:endenc(?:y|ies)|s)?|packages?|lock ?file|node|\w+ to v?\d)/,
    typo: /\btypos?\b|\bspelling\b|\bcopyright\b|\blicen[cs]e header/,
    lint: /\b(?:fix|run|clean up) (?:the |all )?lint\w*|\blint(?:er)? (?:error|warning|fix)\w*/,
    move: /\b(?:move|copy|delete|remove) (?:the )?(?:file|folder|director(?:y|ies)|unused|dead|console)\b/,
    replace: /\b(?:find and replace|replace all|search and replace|s\/)\b/,
  },
  generative: {
    feature: /\b(?:add|implement|create|build|write|introduce|support|extend|develop|make)\b/,
    test: /\b(?:write|add|create|generate|extend|more|missing)\b[^.?!]{0,40}\b(?:tests?|specs?|coverage)\b|\bunit tests?\b/,
    docs: /\b(?:document(?:ation)?|docs?|readme|docstrings?|jsdoc|comments?|guide|tutorial)\b/,
    review: /\b(?:code[- ]?review|review (?:the|this|my|these|our|pr|pull)|review\b)/,
  },
  reasoning: {
    architecture:
      /\b(?:architect(?:ure|ural)?|system design|trade-?offs?|scalab\w+|event[- ]sourc\w+|microservices?|domain model)\b/,
    multifile:
      /\b(?:across (?:the|all|every|\w+) (?:code ?base|files?|modules?|packages?|services?|repo\w*)|whole code ?base|entire code ?base|multi-?file|every (?:module|service|package))\b/,
    race: /\b(?:race conditions?|deadlocks?|concurren\w+|thread[- ]safe\w*|flak(?:y|iness)|intermittent\w*|memory leak|heisenbug|non-?determin\w+|livelock|ordering bug)\b/,
    security:
      /\b(?:securit\w+|vulnerab\w+|xss|csrf|sql injection|injection|auth(?:entication|ori[sz]ation) (?:bypass|flow|model)|threat|exploit|cve|encryption|sanitiz\w+)\b/,
    design:
      /\b(?:re)?design(?:ing)? (?:the|a|an|our|and|of|how|for)\b|\b(?:strategy|proposal|rfc|approach(?:es)?|decide|evaluate|compare)\b/,
    plan: /\b(?:plan|planning|roadmap|break (?:it|this) down|steps? (?:to|for)|spec(?:ification)?)\b/,
    performance: /\b(?:performance|profil(?:e|ing)|bottlenecks?|optimi[sz]e|latency|slow|speed up|faster)\b/,
    migrate:
      /\bmigrat(?:e|ing|ion (?:of|to|from))\b|\bport (?:the|it|this|from)\b|\brewrite (?:\w+ ){0,4}(?:in|to|as)\b/,
  },
  exploration: {
    find: /\b(?:find|search|locate|where (?:is|are|do|does)|look (?:for|up)|list|grep|which (?:file|files|module|function))\b/,
    explain:
      /\b(?:explain|how (?:does|do|is|are)|what (?:does|do|is|are)|describe|summari[sz]e|walk me through|understand|overview|tell me)\b/,
    investigate: /\b(?:investigate|explore|look (?:at|into|through)|read|inspect|check|analy[sz]e|audit)\b/,
  },
  refactor: {
    refactor:
      /\b(?:refactor\w*|restructur\w+|extract|inline|simplif\w+|clean ?up|tidy(?: up)?|dedup\w*|decoupl\w+|split (?:the|this|it|up)|consolidat\w+|reorgani[sz]\w+|moderni[sz]\w+)\b/,
  },
  debugging: {
    bug: /\b(?:bugs?|fix(?:es|ed|ing)?|debug\w*|repair|diagnose|troubleshoot|root cause|broken?|crash\w*|error|exception|stack ?trace|fail(?:s|ing|ed|ure)?|regression|wrong|doesn't work|does not work|not working|hang(?:s|ing)?|leak\w*|why (?:is|does|do|are))\b/,
  },
};

const findTopics = createFinder(
  Object.entries(TOPICS).flatMap(([group, patterns]) =>
    Object.entries(patterns).map(([name, pattern]) => [`${group}:${name}`, pattern] as const),
  ),
);
