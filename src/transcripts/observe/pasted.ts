/** The kind of text that was pasted into a prompt, as far as it differs from the user's own words. */
export type Pasted = "error" | "finding" | undefined;

/** Nothing is looked for behind this. */
const READ_CHARS = 6000;

/** Returns whether a prompt holds a pasted error or test failure, or the finding of a review. */
export function readPasted(prompt: string): Pasted {
  const text = prompt.slice(0, READ_CHARS);
  const lower = text.toLowerCase();
  if (isFinding(text, lower)) return "finding";
  return ERRORS.some(([parts, pattern]) => parts.some((part) => lower.includes(part)) && pattern.test(text))
    ? "error"
    : undefined;
}

/** Lines as programs print them, not as people write. Each with parts of which it must have one: looking for those first is faster. */
const ERRORS: readonly (readonly [parts: readonly string[], pattern: RegExp])[] = [
  [
    [
      "= name",
      "fail",
      "error",
      "npm err",
      "exception",
      "panic:",
      "fatal:",
      "traceback",
      "go: cannot",
      "✗",
      "✖",
      "×",
    ],
    /^\s*(?:=+ NAME|--- FAIL:|FAIL\s+\S|FAILED\b|ERROR\b|Error:|error(?:\[\w+\])?:|[A-Z]\w*(?:Error|Exception):|panic:|fatal:|Traceback \(most recent|npm (?:ERR!|error)|go: cannot |✗ |✖ |× )/m,
  ],
  [
    ["exit", "command not found", "unknown ", "no such file", "permission denied", "cannot "],
    /\b(?:exit(?:ed with)? (?:code|status) [1-9]|Process completed with exit code [1-9]|failed with exit code [1-9]|command not found|unknown (?:command|flag|option)\b|No such file or directory|permission denied|cannot (?:use|find|read|open|resolve)\b.{1,80}(?:\bas\b|:))/i,
  ],
  [["at "], /^\s+at \S+ \(?\S+:\d+:\d+\)?$/m],
  [["error", "warning", ")"], /^\S+\.\w{1,5}:\d+(?::\d+)?: .*(?:error|warning|\(\w+\)$)/m],
  [["error"], /\bUncaught \w*Error\b|\b\w+Error: /],
];

function isFinding(text: string, lower: string): boolean {
  if (lower.includes(" severity") && /\b(?:critical|high|medium|low) severity\b/i.test(text)) return true;
  const own = text.replace(LEAD, "");
  if (ORDER.test(own) || FIRST_PERSON.test(own.slice(0, 160))) return false;
  if (!hasWords(own, LEAST_WORDS) || !ADVISES.test(own) || RUN.test(text)) return false;
  return (own.match(CODE) ?? []).length >= (hasWords(own, MANY_WORDS) ? 1 : 2);
}

/** Returns whether a text has at least so many words. */
function hasWords(text: string, least: number): boolean {
  return text.split(/\s+/, least).length >= least;
}

/** Reports of failed tests and stack traces are errors, whatever else they say. */
const RUN =
  /^ {0,8}(?:--- FAIL:|at \S{1,80} \(?\S{1,120}:\d+:\d+\)?$|Traceback \()|\bUncaught \w{0,40}Error\b/m;
/** A finding has a sentence or two. */
const LEAST_WORDS = 18;
/** So many say more than a name does. */
const MANY_WORDS = 25;
/** "can you take a look at:", "evaluate this feedback from …:" before what is pasted. */
const LEAD =
  /^\s*(?:(?:and|also|now|then|please|ok|can you|could you|let's|i think)\s+)*(?:also )?(?:check|fix|review|address|evaluate|eval|handle|take a look at|look at|have a look at|this is for|what about|any (?:ideas|suggestions)(?: for)?)\b[^:\n]{0,60}:\s*/i;
/** An order asks for work, even without "please". */
const ORDER =
  /^\s*(?:add|reduce|remove|delete|drop|rename|move|fix|make|change|update|replace|extract|simplify|refactor|implement|create|write)\b/i;
const FIRST_PERSON = /\b(?:i|i'm|i've|i'd|my|we|we're|let's|can you|could you|please|you)\b/i;
const ADVISES =
  /\b(?:consider|instead of|recommend\w*|should (?:be|use|have|check|only)|could (?:be|use|lead|cause|overwrite|result|break|fail)|this (?:means|can|could|may|causes|test|function|change|migration|method)|lead(?:s|ing) to|which (?:means|can|causes|could)|potential\w*|never (?:called|used|captured|cleared)|duplicat\w+|unused|inconsisten\w+|misleading|inaccurate|lacks?|without (?:context|any|bound)|not (?:covered|tested|cleared|checked|included|handled|propagated))\b/i;
/** Identifiers and calls: `fooBar`, `FooBar`, `foo_bar`, `foo()`, `a.b`. */
const CODE =
  /\b(?:[a-z]+[A-Z]\w*|[A-Z][a-z]+[A-Z]\w*|\w+_\w+|\w+\(\)|[a-z]\w*\.(?:go|ts|js|py|rs|java|rb|md|ya?ml|toml|json))/g;
