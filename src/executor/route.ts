import type { Effort, Tier } from "../domain/model.ts";
import type { Needs } from "../domain/policy.ts";
import type { Category, Complexity } from "../domain/task.ts";

/** The model to start a prompt on, and the reasons. Nothing of the prompt's text is in it. */
export interface Route {
  /** The tier to begin on. */
  tier: Tier;
  /** The level of effort to begin with. */
  effort: Effort;
  /** Difficulty of the work. */
  complexity: Complexity;
  /** Kind of the work. */
  category: Category;
  /** Cost of a wrong answer: a check finds it, a person loses an hour, it ends in production. */
  errorCost: Needs["errorCost"];
  /** Signs that the work is larger or riskier than usual, as ends of "the prompt …". */
  redFlags: readonly string[];
  /** Signs that it is bounded and clear, in the same form. */
  greenFlags: readonly string[];
  /** The steps that led to the tier, one clause each. */
  reasons: readonly string[];
}

/** Classifies a prompt before anything is sent. */
export type Classify = (prompt: string) => Route;

/** Signals in a prompt's words about the size and the risk of its work. */
export interface PromptFlags {
  /** The work is large, open or subtle. */
  scope: readonly string[];
  /** A wrong answer is expensive. */
  risk: readonly string[];
  green: readonly string[];
}

type RouteSign = readonly [flag: string, pattern: RegExp];

const SCOPE: readonly RouteSign[] = [
  [
    "spans the whole code base",
    /\b(?:across|throughout) (?:the |our |this |all )?(?:whole |entire )?(?:code ?base|repo\w*|project|services|modules|packages)|\b(?:whole|entire) (?:code ?base|repo\w*|system|monolith)|\b(?:every|each|all(?: of)? (?:the|our)) (?:files?|modules?|services?|packages?|endpoints?|microservices?)\b/i,
  ],
  [
    "asks for architecture",
    /\barchitect\w*|\bsystem design|\bdesign (?:a|an|the|our) (?:\S+ ){0,4}(?:system|schema|protocol|service|platform|pipeline|strategy|api)\b|\bdistributed\b|\bmicro-?services?\b|\btrade-?offs?\b|\bevent[- ]sourc\w+|\bdomain model|\bconsensus\b|\bfault[- ]toleran\w+|\bmulti-(?:service|tenant|region)\b/i,
  ],
  [
    "describes a race or a failure that comes and goes",
    /\brace conditions?\b|\bdeadlocks?\b|\bconcurren(?:cy|t)\b|\bthread[- ]safe\w*|\bintermittent\w*|\bheisenbug|\bnon-?determin\w+|\bsometimes (?:fails?|hangs?|crash\w*)|\bmemory leak/i,
  ],
  [
    "leaves the design open",
    /\bfigure out (?:how|what|why|whether)|\bnot sure (?:how|what|why|whether|if)|\bshould we\b|\bwhat(?:'s| is| would be) the best (?:way|approach)|\bdecide (?:how|whether|between|on)\b|\bpropose\b/i,
  ],
];

const RISK: readonly RouteSign[] = [
  [
    "says what must not happen",
    /\bmust(?: not|n't| never)\b|\bunder no circumstances\b|\b(?:do not|don't|without|never) (?:ever )?(?:break(?:ing)?|los(?:e|ing)|chang(?:e|ing) (?:the |any )?(?:behaviou?r|public api))\b|\bzero[- ]downtime\b|\bwithout downtime\b|\bbackwards?[- ]compatib\w+/i,
  ],
  [
    "could lose data",
    /\bdata loss\b|\birreversibl\w+|\bdrop (?:the |a |this )?(?:\w+ )?(?:tables?|columns?|database)\b|\btruncate\b|\bdelete (?:all|every|the|old|customer|user) ?(?:of )?(?:the )?(?:\w+ )?(?:users?|customers?|records?|rows?|data|backups?)\b|\bmigrat\w+ (?:\S+ ){0,4}(?:data(?:base)?|production|schema)\b|\bbackfill\b|\bforce[- ]push\b|\brm -rf\b/i,
  ],
  [
    "touches production",
    /\b(?:in|on|to) (?:the )?production\b|\bproduction (?:data\w*|system|traffic|incident|outage|server|bug)|\bmission[- ]critical\b|\blive (?:system|customers?|users?|traffic)\b/i,
  ],
  [
    "touches security or money",
    /\bsecurity\b|\bvulnerab\w+|\bauth(?:entication|ori[sz]ation) (?:bypass|flow|model|logic)|\b(?:xss|csrf|cve|sql injection|exploit)\b|\bencrypt\w+|\b(?:access )?tokens? leak|\bsecrets?\b|\bcredentials?\b|\bpayments?\b|\bbilling\b|\brefunds?\b|\bpii\b|\bgdpr\b/i,
  ],
];

const GREEN: readonly RouteSign[] = [
  [
    "names one place",
    /\b(?:this|that|one|a single|just the) (?:file|function|component|class|method|hook|test|button|typo|line)\b|\bonly (?:in|change|touch|edit)\b|\bin one file\b/i,
  ],
  [
    "shows the error",
    /\b\w*(?:Error|Exception)\b:|\bstack ?trace\b|^\s+at \S+ \(|\bTraceback \(most recent call last\)|\bexpected\b[^.\n]{1,80}\b(?:got|received|but was|to (?:be|equal))\b/im,
  ],
  [
    "says exactly what is wanted",
    /\bshould (?:return|print|accept|reject|throw|be called)\b|\bexactly\b|\bacceptance criteria\b|\bsignature\b|\bgiven\b[\s\S]{1,200}\bwhen\b[\s\S]{1,200}\bthen\b/i,
  ],
];

/** From here on, work spans too much for one pass. */
const MANY_FILES = 20;
const MANY_PAGES = 50;
const LONG_TOKENS = 100_000;
/** Text in which signs are looked for, at each end: a pasted log or file between them is not the user's words. */
const READ_CHARS = 4000;

/** Reads the flags of a prompt. English only: in other languages it finds none. */
export function readFlags(prompt: string): PromptFlags {
  const words = prompt.replaceAll(/```[\s\S]*?(?:```|$)/g, " ");
  const text =
    words.length > 2 * READ_CHARS ? `${words.slice(0, READ_CHARS)}\n${words.slice(-READ_CHARS)}` : words;
  const tokens = estimateLength(prompt);
  const files = countFiles(text);
  const scope = [
    ...(files >= MANY_FILES ? [`names ${files} files or more`] : []),
    ...(countOf(text, "page") >= MANY_PAGES ? ["comes with a long document"] : []),
    ...(tokens >= LONG_TOKENS ? [`is long (about ${Math.round(tokens / 1000)}K tokens)`] : []),
    ...find(SCOPE, text),
  ];
  const spec = prompt.includes("```") ? ["shows code"] : [];
  const green = [...find(GREEN, prompt.slice(0, 2 * READ_CHARS)), ...spec];
  return { scope, risk: find(RISK, text), green };
}

function find(signs: readonly RouteSign[], text: string): string[] {
  return signs.filter(([, pattern]) => pattern.test(text)).map(([flag]) => flag);
}

/** Estimates the tokens of a prompt. */
function estimateLength(prompt: string): number {
  return Math.ceil(prompt.length / 4);
}

/** The files that a prompt names, or says that there are. */
function countFiles(text: string): number {
  const paths = new Set(
    text.match(
      /\b[\w-]+(?:\/[\w.-]+)*\.(?:[cm]?[jt]sx?|py|go|rs|java|kt|rb|php|cs|cpp|c|h|swift|sql|vue|svelte|css|html|ya?ml|json|toml|md)\b/g,
    ),
  );
  return Math.max(
    paths.size,
    ...["file", "module", "component", "package", "service", "endpoint", "table"].map((unit) =>
      countOf(text, unit),
    ),
  );
}

function countOf(text: string, unit: string): number {
  const pattern = new RegExp(`\\b(\\d{1,6})\\s*\\+?[ -](?:[\\w-]+ ){0,2}${unit}s?\\b`, "gi");
  return Math.max(0, ...[...text.matchAll(pattern)].map(([, count]) => Number(count)));
}

/** Facts about the work besides the prompt's words. */
export interface WorkFacts {
  complexity: Complexity;
  /** A check decides whether the answer is good: a wrong one costs another attempt. */
  checked: boolean;
  /** Tokens of context besides the prompt. */
  contextTokens: number;
}

/** Turns complexity and flags into the needs that a policy chooses a tier by. */
export function needsOf(prompt: string, { scope, risk, green }: PromptFlags, facts: WorkFacts): Needs {
  const reasoning = reasoningOf(facts.complexity, scope, green);
  const spans = scope.some((flag) => /files|code base/.test(flag));
  return {
    reasoning,
    files: spans ? "many" : green.includes("names one place") ? "one" : "few",
    contextTokens: estimateLength(prompt) + facts.contextTokens,
    toolUse: "simple",
    speed: "normal",
    errorCost: errorCostOf(scope, risk, facts.checked),
  };
}

/** A check finds errors before they cost more than another attempt; it does not make large work small. */
function errorCostOf(
  scope: readonly string[],
  risk: readonly string[],
  checked: boolean,
): Needs["errorCost"] {
  if (risk.length > 0) return checked ? "normal" : "high";
  return checked && scope.length === 0 ? "low" : "normal";
}

/** Words such as "plan" alone do not make bounded work hard; a red flag does. */
function reasoningOf(
  complexity: Complexity,
  scope: readonly string[],
  green: readonly string[],
): Needs["reasoning"] {
  if (scope.length > 0) return "deep";
  if (complexity === "mechanical" || complexity === "exploration") return "mechanical";
  if (complexity === "reasoning") return green.length > 0 ? "generative" : "deep";
  return "generative";
}
