import type { CheckKind } from "../../domain/check.ts";
import { hashWhole } from "../../domain/hashed-words.ts";
import { narrow, type Narrowing } from "./narrowing.ts";
import { type KnownProgram, PROGRAMS, SCRIPT_RUNNERS, test, build } from "./runner-table.ts";
import { kindOfScript, suiteOf } from "./script-names.ts";

/** A program that verifies, as it was called. */
export interface Runner extends Narrowing {
  name: string;
  kind: CheckKind;
  ecosystem: string;
  suite: string;
  /** A directory or workspace that its options name. */
  where?: string;
  /** That is the name of a workspace, whatever folder it was called in. */
  isNamed?: true;
  /** It also changes files (`--fix`). */
  fixes?: true;
}

/** Returns whether some call of a program may verify. */
export function isRunner(first: string): boolean {
  const program = programOf(first);
  return (
    first.includes("/") ||
    PYTHON.test(program) ||
    program === "php" ||
    program === "ruby" ||
    Object.hasOwn(SCRIPT_RUNNERS, program) ||
    Object.hasOwn(PROGRAMS, program)
  );
}

function programOf(first: string): string {
  return first.replace(/^.*[/\\]/, "").replace(/\.(?:cmd|exe|bat|js|mjs|phar)$/, "");
}

const PYTHON = /^(?:python|py|pypy)[\d.]*$/;

/** Returns the runner that a simple command calls, or undefined if it verifies nothing. */
export function findRunner(words: readonly string[]): Runner | undefined {
  const [first = "", ...rest] = words;
  const program = programOf(first);
  if (PYTHON.test(program)) return pythonModule(rest);
  if (program === "php" && rest[0]) return findRunner(rest);
  if (program === "ruby" && rest.includes("-Itest")) return named("minitest", test("ruby"), rest);
  // `pnpm vitest run`: a program of the project's own, and not a script.
  if (/^(?:pnpm|yarn|bun)$/.test(program) && Object.hasOwn(PROGRAMS, rest[0] ?? "")) return findRunner(rest);
  const ecosystem = Object.hasOwn(SCRIPT_RUNNERS, program) ? SCRIPT_RUNNERS[program] : undefined;
  if (ecosystem !== undefined) {
    const script = findScript(program, ecosystem, rest);
    if (script) return script;
  }
  const known = Object.hasOwn(PROGRAMS, program) ? PROGRAMS[program] : undefined;
  if (known) return named(program, known, rest);
  return ecosystem === undefined && first.includes("/") ? ownScript(first, rest) : undefined;
}

function named(name: string, known: KnownProgram, rest: readonly string[]): Runner | undefined {
  if (rest.some((word) => HELP.test(word) || known.except?.test(word))) return undefined;
  if (known.only && !rest.some((word) => known.only?.test(word))) return undefined;
  const at = known.commands ? rest.findIndex((word) => isCommand(word, known)) : -1;
  const command = at >= 0 ? rest[at] : undefined;
  const kind = known.commands ? known.commands[command ?? ""] : known.kind;
  if (kind === undefined) return undefined;
  if ((command === "fmt" || command === "format") && !rest.some((word) => CHECKS_FORMAT.test(word)))
    return undefined;
  const words = (at >= 0 ? rest.toSpliced(at, 1) : rest).filter(
    (word) => !known.only?.test(word) && !known.through?.test(word),
  );
  const { tags, compilesOnly, ...narrowing } = narrow(known.whole ? [] : words, known.ecosystem);
  return {
    name: command === undefined ? name : `${name} ${command}`,
    kind: compilesOnly ? "build" : kind,
    ecosystem: known.ecosystem,
    suite: name === "playwright" || name === "cypress" ? "e2e" : tags,
    ...narrowing,
    ...(rest.some((word) => known.fixes?.test(word)) && { fixes: true as const }),
  };
}

function isCommand(word: string, { through }: KnownProgram): boolean {
  return !/^[-+]/.test(word) && !through?.test(word);
}

const HELP = /^(?:--version|--help|-h|--list|--listTests|--collect-only|--co)$/;
const CHECKS_FORMAT = /^--(?:check|verify-no-changes|check-formatted|diff)$/;

function pythonModule(rest: readonly string[]): Runner | undefined {
  const at = rest.indexOf("-m");
  if (at >= 0) {
    const module = rest[at + 1] ?? "";
    const words = rest.slice(at + 2);
    if (module === "unittest")
      return named(
        "unittest",
        test("python"),
        words.filter((word) => word !== "discover"),
      );
    if (module === "compileall" || module === "py_compile") return named(module, build("python"), words);
    return findRunner([module, ...words]);
  }
  const script = rest.find((word) => !word.startsWith("-"));
  if (script?.endsWith("manage.py")) {
    const [command, ...words] = rest.slice(rest.indexOf(script) + 1);
    return command === "test" ? named("django", test("python"), words) : undefined;
  }
  return script && /(?:^|\/)(?:run_?tests?|test_[\w-]+)\.py$/.test(script)
    ? named(script, test("python"), [])
    : undefined;
}

const RUNS_SCRIPT = new Set(["run", "run-script", "rum", "task"]);
const DIRECT_SCRIPTS = new Set(["test", "t", "tst", "build", "lint"]);

/** Finds `npm test`, `yarn lint`, `make check`, `mise run test:ci`, `./gradlew :app:test` … */
function findScript(program: string, ecosystem: string, rest: readonly string[]): Runner | undefined {
  const { words, where, isNamed } = withoutWorkspace(rest);
  const plain = words.filter((word) => !word.startsWith("-") && !/^\w+=/.test(word));
  if (program === "deno" && plain[0] !== "task") return undefined;
  const isPackage = ecosystem === "js" || program === "composer";
  const runs = RUNS_SCRIPT.has(plain[0] ?? "");
  const names = isPackage || program === "mise" ? [runs ? plain[1] : plain[0]] : plain.map(lastPart);
  if (isPackage && !runs && (program === "npm" || program === "bun") && !DIRECT_SCRIPTS.has(plain[0] ?? ""))
    return undefined;
  for (const name of names) {
    const kind = name === undefined ? undefined : kindOfScript(name);
    if (name === undefined || kind === undefined) continue;
    const own = plain.find((word) => word === name || word.endsWith(name)) ?? name;
    return {
      name: `${program} ${name === "t" || name === "tst" ? "test" : name}`,
      kind,
      ecosystem,
      suite: suiteOf(name),
      ...scriptNarrowing(program, ecosystem, words.slice(words.indexOf(own) + 1)),
      ...(where && { where }),
      ...(isNamed && { isNamed }),
      ...(/fix/.test(name) && { fixes: true as const }),
    };
  }
  return undefined;
}

function lastPart(word: string): string | undefined {
  return word.split(":").at(-1);
}

function scriptNarrowing(program: string, ecosystem: string, words: readonly string[]): Narrowing {
  if (/^(?:make|gmake|just|task|earthly)$/.test(program))
    return {
      paths: [],
      filters: words.filter((word) => /^\w+=/.test(word) && !/^-?j/.test(word)).map(hashWhole),
    };
  if (/^(?:mvnw?|gradlew?)$/.test(program))
    return {
      paths: [],
      filters: words
        .filter((word) => /^(?:-Dtest=|--tests)/.test(word) || word.endsWith("Test"))
        .map(hashWhole),
    };
  const { paths, filters } = narrow(
    words.filter((word) => word !== "--"),
    ecosystem,
  );
  return { paths, filters };
}

/** Recognizes a script of the project's own: `./scripts/test.sh`, `bin/check`. */
function ownScript(path: string, rest: readonly string[]): Runner | undefined {
  if (path.includes(".claude/")) return undefined;
  const name =
    path
      .split("/")
      .at(-1)
      ?.replace(/\.(?:sh|bash|py|ts|js)$/, "") ?? "";
  const kind = kindOfScript(name);
  if (!kind) return undefined;
  const { paths, filters } = narrow(rest, "any");
  return { name: path, kind, ecosystem: "any", suite: suiteOf(name), paths, filters };
}

const WORKSPACE = /^(?:-w|--workspace|--filter|-F|-C|--prefix|--cwd|--dir|-p|-pl|--project)(?:=(.+))?$/;
const NAMES_WORKSPACE = /^(?:-w|--workspace|--filter|-F)(?:=|$)/;

/** Takes the options that name a workspace or a directory out of the words of a call. */
function withoutWorkspace(rest: readonly string[]): {
  words: readonly string[];
  where: string;
  isNamed?: true;
} {
  const words: string[] = [];
  let [where, option] = ["", ""];
  for (let at = 0; at < rest.length; at++) {
    const match = WORKSPACE.exec(rest[at] ?? "");
    if (rest[at] === "--") {
      words.push(...rest.slice(at));
      break;
    }
    if (match && rest[at] !== "-p") [option, where] = [match[0], match[1] ?? rest[++at] ?? ""];
    else if (rest[at] === "workspace") [option, where] = ["--workspace", rest[++at] ?? ""];
    else words.push(rest[at] ?? "");
  }
  const isNamed = NAMES_WORKSPACE.test(option) && !where.startsWith(".");
  return { words, where, ...(isNamed && { isNamed }) };
}
