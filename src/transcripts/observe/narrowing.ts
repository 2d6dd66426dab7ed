import { hashName, hashPath, hashWhole } from "../../domain/hashed-words.ts";

/** The paths and tests that a runner was narrowed to, as hashes. */
export interface Narrowing {
  paths: readonly string[];
  /** Names of tests, or of parts of names. */
  filters: readonly string[];
}

/** Options that name the tests to run. */
const NAMES =
  /^(?:-t|-k|-m|-g|-run|--run|--grep|--testNamePattern|--test-name-pattern|-n|--name|-e|--example|--tests|--only|--test|-Dtest|--only-testing|-bench|-fuzz|--filter)(?:=(.+))?$/;
/** Other options that narrow, with a value. */
const NARROWS =
  /^(?:--testPathPattern|-p|--package|--bin|--exclude|--deselect|--ignore|-x?k|--shard|--project|--scheme)(?:=(.+))?$/;
/** Options whose value says nothing about what is run. */
const VALUED =
  /^(?:-c|--config|-o|--output|--reporter|--reporters|-r|--maxWorkers|-j|--jobs|--timeout|--max-warnings|--format|-f|--ext|--coverage-reporter|--tb|--color|--log-level|--configuration|--test-reporter|--target-dir|--message-format|--verbosity|-destination|--maxfail|--durations|--cov|--cov-report|--junitxml|--build|--pool|-W|--workers|--retries|--preload)$/;
/** Those of ctest, whose -R names tests. */
const C_VALUED = /^(?:--test-dir|--build-config|-C|-D|-S|-L|-LE)$/;
const GO_VALUED =
  /^-{1,2}(?:o|timeout|count|cpu|parallel|p|coverprofile|covermode|coverpkg|ldflags|gcflags|asmflags|mod|modfile|vet|exec|benchtime|shuffle|outputdir|cpuprofile|memprofile|config|c|build-tags|out-format|new-from-rev|max-issues-per-linter|max-same-issues|enable|enable-only|disable|concurrency)$/;
const NARROWING_FLAGS =
  /^(?:--lib|--bins?|--doc|--lf|--last-failed|--ff|--onlyChanged|--onlyFailures|--only-failures|--changed|--short|-short|--failed|--findRelatedTests|--bail-only)$/;

/** Returns the paths and filters among the words after a runner's name, and what Go's own options say. */
export function narrow(
  words: readonly string[],
  ecosystem: string,
): Narrowing & { tags: string; compilesOnly: boolean } {
  const paths: string[] = [];
  const filters: string[] = [];
  const isGo = ecosystem === "go";
  let tags = "";
  let compilesOnly = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const [option, value] = splitOption(word);
    const names = NAMES.exec(word);
    if (isGo && (option === "-tags" || option === "--tags")) tags = tagsOf(value ?? words[++at] ?? "");
    else if (ecosystem === "c" && (C_VALUED.test(option) || word === "-R")) {
      const own = value ?? words[++at] ?? "";
      if (word === "-R") filters.push(...namesOf(own).map(hashName));
    } else if (isGo && word === "-c") compilesOnly = true;
    else if (isGo && GO_VALUED.test(option)) at += value === undefined ? 1 : 0;
    else if (NARROWING_FLAGS.test(word)) filters.push(hashWhole(word));
    else if (names) filters.push(...namesOf(names[1] ?? words[++at] ?? "").map(hashName));
    else if (NARROWS.test(option)) filters.push(hashWhole(`${option}=${value ?? words[++at] ?? ""}`));
    else if (VALUED.test(word)) at++;
    else if (!word.startsWith("-") && word !== "run" && !word.startsWith("$")) paths.push(word);
  }
  return { paths: paths.map(pathOf).filter(Boolean), filters, tags, compilesOnly };
}

function splitOption(word: string): [string, string | undefined] {
  const at = word.startsWith("-") ? word.indexOf("=") : -1;
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

function tagsOf(value: string): string {
  return value.split(/[, ]/).filter(Boolean).sort().join(":");
}

/** The alternatives of a pattern such as `^TestA$|TestB_(Red|Green)`. */
function namesOf(pattern: string): string[] {
  const group = /^([^()|]*)\(([^()]*)\)([^()|]*)$/.exec(pattern);
  const alternatives = group
    ? (group[2] ?? "").split("|").map((one) => `${group[1]}${one}${group[3]}`)
    : pattern.split(/\||\bor\b/);
  return alternatives.map((name) => name.replaceAll(/^\s*\^|\$\s*$|^\s+|\s+$/g, "")).filter(Boolean);
}

/** Returns a path as hashes, without what stands for all of it. */
function pathOf(word: string): string {
  const path = word
    .replaceAll("\\", "/")
    .replace(/^\.\//, "")
    .replace(/\/(?:\.\.\.)?$/, "");
  if (/^(?:|\.|\.\.\.)$/.test(path)) return "";
  return hashPath(path);
}
