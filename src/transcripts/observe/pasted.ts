/** The kind of text that was pasted into a prompt, as far as it differs from the user's own words. */
export type Pasted = "error" | "finding" | undefined;

/** Nothing is looked for behind this. */
const READ_CHARS = 6000;

/** Returns whether a prompt holds a pasted error or test failure, or the finding of a review. */
export function readPasted(prompt: string): Pasted {
  const text = prompt.slice(0, READ_CHARS);
  if (isFinding(text)) return "finding";
  return ERRORS.some(([part, pattern]) => text.includes(part) && pattern.test(text)) ? "error" : undefined;
}

/** Lines as programs print them, not as people write. Each with a part that it must have: looking for that first is faster. */
const ERRORS: readonly (readonly [part: string, pattern: RegExp])[] = [
  [
    "",
    /^\s*(?:=+ NAME|--- FAIL:|FAIL\s+\S|FAILED\b|ERROR\b|Error:|error(?:\[\w+\])?:|[A-Z]\w*(?:Error|Exception):|panic:|fatal:|Traceback \(most recent|npm (?:ERR!|error)|go: cannot |✗ |✖ |× )/m,
  ],
  [
    "",
    /\b(?:exit(?:ed with)? (?:code|status) [1-9]|Process completed with exit code [1-9]|failed with exit code [1-9]|command not found|unknown (?:command|flag|option)\b|No such file or directory|permission denied|cannot (?:use|find|read|open|resolve)\b.{1,80}(?:\bas\b|:))/i,
  ],
  ["at ", /^\s+at \S+ \(?\S+:\d+:\d+\)?$/m],
  [":", /^\S+\.\w{1,5}:\d+(?::\d+)?: .*(?:error|warning|\(\w+\)$)/m],
  ["Error", /\bUncaught \w*Error\b|\b\w+Error: /],
];

function isFinding(text: string): boolean {
  if (/\b(?:critical|high|medium|low) severity\b/i.test(text)) return true;
  if (RUN.test(text)) return false;
  const own = text.replace(LEAD, "");
  const words = own.split(/\s+/).length;
  if (words < LEAST_WORDS || ORDER.test(own) || FIRST_PERSON.test(own.slice(0, 160))) return false;
  return ADVISES.test(own) && (own.match(CODE) ?? []).length >= (words < MANY_WORDS ? 2 : 1);
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
