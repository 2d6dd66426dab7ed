import { type Check, hashSuite } from "../../domain/check.ts";
import { hashName, hashPath } from "../../domain/hashed-words.ts";
import { hashText } from "./hash.ts";
import { createMemory } from "./memory.ts";
import { below, pathFrom, plainPath } from "./places.ts";
import { findRunner, isRunner, type Runner } from "./runners.ts";
import { type SimpleCommand, splitCommands } from "./shell.ts";
import { isShell, shellScript, unwrap } from "./unwrap.ts";
import { CHECK_HINT, SCRIPT_RUNNERS } from "./runner-table.ts";

/** A verification inside a shell line, with what its exit code can show. */
export interface FoundCheck {
  check: Check;
  /** The script that a task runner was to run (`lint` of `npm run lint`), as hashes; for reading its output. */
  script?: string;
  /** It prints nothing when nothing is wrong. */
  silent?: true;
  /** Whether the check passed if the line exits with 0. */
  zeroTells: boolean;
  /** A failing exit code can be its own, and nothing else that runs after it is likelier to have failed. */
  decidesExit: boolean;
  /** Its output went through a filter that may have cut off the verdict. */
  filtered: boolean;
  printsExit: boolean;
  /** It ran while the work was put aside (`git stash`, its `pop` behind it). */
  aside?: true;
  /** It also changes files (`--fix`). */
  fixes?: true;
}

/** The surroundings in which a shell line ran. */
export interface ShellSurroundings {
  cwd: string;
  /** The folder that the session started in. */
  root: string;
}

const NOWHERE: ShellSurroundings = { cwd: "", root: "" };

/** Returns the verifications of a shell line, in order. */
export function findChecks(line: string, where: ShellSurroundings = NOWHERE): FoundCheck[] {
  return CHECK_HINT.test(line) ? checksOf(splitCommands(line), where) : [];
}

/** Returns the verifications among the commands of a line. */
export function checksOf(commands: readonly SimpleCommand[], { cwd, root }: ShellSurroundings): FoundCheck[] {
  const found: FoundCheck[] = [];
  const aside = asideParts(commands);
  let here = plainPath(cwd);
  const from = plainPath(root);
  commands.forEach((command, index) => {
    const words = unwrap(command.words);
    if (/^(?:cd|pushd|Set-Location|sl)$/.test(words[0] ?? "")) here = pathFrom(here, words[1] ?? "");
    for (const one of classify(words, { cwd: here, root: from })) {
      const { zeroTells, filtered, printsExit } = command;
      found.push({
        ...one,
        zeroTells: zeroTells && one.zeroTells,
        filtered: filtered || one.filtered,
        printsExit,
        decidesExit: command.mayFail && !commands.slice(index + 1).some(isLikelier),
        ...(aside(index) && { aside: true as const }),
      });
    }
  });
  return found;
}

/** Returns what behind a check may have failed instead of it. */
function isLikelier({ words, mayFail }: SimpleCommand): boolean {
  return mayFail && !/^(?:echo|printf|true|cd|set|head|tail|cat|:)$/.test(words[0] ?? "");
}

type Classified = Pick<FoundCheck, "check" | "script" | "silent" | "zeroTells" | "filtered" | "fixes">;

/** Most commands only look: whether a program can verify at all is found once. */
const mayVerify = createMemory<boolean>(500);

function classify(words: readonly string[], where: ShellSurroundings): Classified[] {
  const [program = ""] = words;
  if (!mayVerify(program, () => isShell(program) || isRunner(program))) return [];
  const inner = shellScript(words);
  if (inner !== undefined) return findChecks(inner, where);
  const runner = findRunner(words);
  if (!runner) return [];
  return [
    {
      check: toCheck(runner, where),
      ...readName(runner.name),
      zeroTells: true,
      filtered: false,
      ...(runner.fixes && { fixes: true as const }),
    },
  ];
}

/** Programs and scripts that print nothing when nothing is wrong, so that silence behind a pipe is a pass. */
const SILENT =
  /^(?:tsc|tsgo|eslint|flow|go (?:build|vet)|flake8|shellcheck|javac|gcc|g\+\+|clang|rustc|oxlint|fieldalignment|modernize)$|(?:^|[ :])(?:type-?check|types|tsc)$/;

/** Returns what reading its output needs to know of a runner's name. */
function readName(name: string): Pick<FoundCheck, "script" | "silent"> {
  const [program = "", script] = name.split(" ");
  return {
    ...(script !== undefined && Object.hasOwn(SCRIPT_RUNNERS, program) && { script: hashName(script) }),
    ...(SILENT.test(name) && { silent: true as const }),
  };
}

function toCheck(runner: Runner, { cwd, root }: ShellSurroundings): Check {
  const { kind, ecosystem, suite, name } = runner;
  const [paths, filters] = [sorted(runner.paths), sorted(runner.filters)];
  const folder = below(root, cwd);
  const isAnywhere = runner.isNamed || (RUNS_AT_ROOT.test(name) && !folder.startsWith("/"));
  const place = isAnywhere ? "" : folder;
  return {
    kind,
    ecosystem,
    suite: hashSuite(suite),
    where: hashPath(runner.where ? [place, runner.where].filter(Boolean).join("/") : place),
    paths,
    filters,
    command: hashText([name, kind, suite, ...paths, ...filters].join(" ")),
  };
}

/** Task runners that run a task in the folder that defines it, wherever they were called. */
const RUNS_AT_ROOT = /^(?:mise|just|task) /;

function sorted(words: readonly string[]): string[] {
  return [...new Set(words)].sort();
}

/** Returns which commands run between `git stash` and its `pop`, or before what the line then brings back. */
function asideParts(commands: readonly SimpleCommand[]): (index: number) => boolean {
  const back = commands.findLastIndex(bringsBack);
  if (back < 0) return () => false;
  const away = commands.findIndex(putsAway);
  return (index) => away >= 0 && index > away && index < back;
}

function putsAway({ words }: SimpleCommand): boolean {
  const [program, ...rest] = unwrap(words);
  if (program === "git") {
    const [command, option = ""] = rest.slice(rest[0] === "-C" ? 2 : 0);
    if (command === "stash") return !/^(?:pop|apply|list|show|drop)$/.test(option);
    return command === "checkout" || command === "restore" || command === "switch" || command === "show";
  }
  return program === "cp" || program === "mv" || program === "sed" || program === "python3";
}

/** The state of before is there again: `git stash pop`, `mv x.bak x`, `git checkout -- x`, `git switch -`. */
function bringsBack({ words }: SimpleCommand): boolean {
  const [program, ...rest] = unwrap(words);
  if (program === "git") {
    const [command, ...options] = rest.slice(rest[0] === "-C" ? 2 : 0);
    if (command === "stash") return options[0] === "pop" || options[0] === "apply";
    return (
      (command === "checkout" && (options.includes("--") || options.includes("-"))) ||
      command === "restore" ||
      (command === "switch" && options.includes("-"))
    );
  }
  return (
    (program === "cp" || program === "mv") && /\b(?:bak|backup|orig|saved?|tmp)\b|\.bak/i.test(rest.join(" "))
  );
}
