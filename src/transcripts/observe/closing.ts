import { contentText, type Fields, fieldsOf } from "../fields.ts";

/** Returns the text of an answer; that of an agent's answer in its parent's transcript is not the turn's. */
export function answerText(entry: Fields): string {
  return entry["isSidechain"] === true ? "" : contentText(fieldsOf(entry["message"])["content"]);
}

/**
 * Returns what the last text of a turn says about its work, as labels without any of its text: `cause` near the start, `cause-end` only
 * near the end, `offers` with what it offers (`offers:git`), `choice` if it asks the user to choose.
 */
export function readClosing(text: string): string[] {
  const prose = text.includes("```") ? text.replaceAll(/```[\s\S]*?(?:```|$)/g, " ") : text;
  const own = prose
    .replaceAll(/(?! (?!\s))\s+/g, " ")
    .trim()
    .toLowerCase();
  if (own === "") return [];
  const [start, end] = [own.slice(0, START_CHARS), own.slice(-END_CHARS)];
  const found: string[] = [];
  for (const [name, pattern] of REPORTS)
    if (pattern.test(start)) found.push(name);
    else if (pattern.test(end)) found.push(`${name}-end`);
  const offer = [...end.matchAll(OFFER)].at(-1)?.[1];
  if (offer !== undefined) {
    const kinds = OFFERED.filter(([, pattern]) => pattern.test(offer)).map(([name]) => `offers:${name}`);
    found.push("offers", ...(kinds.length > 0 ? kinds : ["offers:other"]));
  }
  if (CHOICE.test(end)) found.push("choice");
  if (own.length < SHORT_CHARS) found.push("short");
  return found;
}

/** Lengths of the start and the end that are read: between them are details. */
const START_CHARS = 400;
const END_CHARS = 300;
const SHORT_CHARS = 200;

/** Words by what they report. */
const REPORTS: readonly (readonly [string, RegExp])[] = [
  ["cause", /root cause|the (?:actual |real |core )?(?:bug|issue|problem|culprit)\b|\bbug\b|why (?:it|this)/],
  ["fixed", /\bfix(?:ed|es)?\b|\bresolved\b|now (?:correctly|properly|passes)/],
  [
    "review",
    /code review|review summary|verdict|findings?\b|severity|\bnits?\b|blocking|(?:comments?|threads?|feedback) (?:addressed|resolved|fixed|replied|is|are)|replied to|review (?:of|comments?)|#\d+ review|good catch|reviewer/,
  ],
  [
    "git",
    /committed|\bpushed\b|commit `?[0-9a-f]{7}|merge (?:complete|commit)|rebased?\b|\bpr (?:created|opened|#)|pull\/\d+|working tree (?:is )?clean|squashed|amended|branch `/,
  ],
  [
    "refactor",
    /renamed|extracted|duplicat|redundant|unused|consolidat|simplif|\bmoved\b|replaced|cleaner|refactor|single source|constant/,
  ],
  ["docs", /readme|changelog|documentation|\bdocs?\b|\.mdx?\b|paragraph|section|wording/],
  [
    "added",
    /\badded\b|\bcreated\b|implement(?:ed|ation)|\bnew (?:file|test|command|flag|option|field|method)/,
  ],
  ["tests", /tests? (?:all )?pass|all tests|lint (?:is )?clean|0 issues/],
  [
    "plan",
    /\bplan\b|design|option \d|options?:|option a|trade-?offs?|recommend|approach|alternative|proposal|pros\b/,
  ],
  ["explain", /here's (?:how|what|the)|\bmeans\b|because|works like|the flow|\byes\b|\bno\b/],
];

const OFFER =
  /(?:want me to|would you like(?: me)?|should i|shall i|do you want|ready (?:to|for)|let me know|say the word|waiting for|go-ahead|if you(?:'d)? (?:want|like))([^?.]{0,120})/g;

const OFFERED: readonly (readonly [string, RegExp])[] = [
  [
    "do",
    /implement|make (?:th|it)|add|creat|build|update|change|proceed|start|go ahead|apply|do (?:it|this|that)/,
  ],
  ["git", /commit|push|\bpr\b|pull request|merge|branch|post|issue|comment on/],
  ["fix", /fix|debug|investigat|address|look into/],
  ["refactor", /renam|extract|refactor|simplif|remov|clean|move|consolidat/],
  ["docs", /doc|readme|changelog/],
  ["review", /review|findings|items|comments|nits|suggestions|severity/],
];

const CHOICE =
  /which (?:approach|option|one|of|would|do|direction|pr)|preference|prefer\b|thoughts\?|what do you think|sounds? (?:good|right)|does (?:this|that) (?:work|look)|\?\s*$/;
