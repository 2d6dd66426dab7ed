import type { CheckKind } from "../../domain/check.ts";
import { type KnownProgram, PROGRAMS, SCRIPT_RUNNERS, test, build } from "./runner-table.ts";

/** A program that verifies, as it was called. */
export interface Runner {
  name: string;
  kind: CheckKind;
  ecosystem: string;
  suite: string;
  targets: readonly string[];
  /** A directory or workspace that its options name. */
  where?: string;
}

/** The runner that a simple command calls, or undefined where it verifies nothing. */
export function findRunner(words: readonly string[]): Runner | undefined {
  const [first = "", ...rest] = words;
  const program = first.replace(/^.*\//, "").replace(/\.(?:cmd|exe|bat|js|mjs|phar)$/, "");
  if (/^(?:python|py|pypy)[\d.]*$/.test(program)) return pythonModule(rest);
  if (program === "php" && rest[0]) return findRunner(rest);
  if (program === "ruby" && rest.includes("-Itest")) return named("minitest", test("ruby"), rest);
  const ecosystem = SCRIPT_RUNNERS[program];
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
  const at = known.commands ? rest.findIndex((word) => !/^[-+]/.test(word)) : -1;
  const command = at >= 0 ? rest[at] : undefined;
  const kind = known.commands ? known.commands[command ?? ""] : known.kind;
  if (kind === undefined) return undefined;
  if (command === "fmt" || command === "format")
    if (!rest.some((word) => CHECKS_FORMAT.test(word))) return undefined;
  const words = (at >= 0 ? rest.toSpliced(at, 1) : rest).filter((word) => !known.only?.test(word));
  return {
    name: command === undefined ? name : `${name} ${command}`,
    kind,
    ecosystem: known.ecosystem,
    suite: name === "playwright" || name === "cypress" ? "e2e" : "",
    ...narrowing(words),
  };
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

const RUNS_SCRIPT = new Set(["run", "run-script", "rum"]);
const DIRECT_SCRIPTS = new Set(["test", "t", "tst", "build", "lint"]);

/** `npm test`, `yarn lint`, `make check`, `./gradlew :app:test` … */
function findScript(program: string, ecosystem: string, rest: readonly string[]): Runner | undefined {
  const { words, where } = withoutWorkspace(rest);
  const plain = words.filter((word) => !word.startsWith("-") && !/^\w+=/.test(word));
  const isPackage = ecosystem === "js" || program === "composer";
  const runs = RUNS_SCRIPT.has(plain[0] ?? "");
  const names = isPackage ? [runs ? plain[1] : plain[0]] : plain.map((word) => word.split(":").at(-1));
  if (isPackage && !runs && (program === "npm" || program === "bun") && !DIRECT_SCRIPTS.has(plain[0] ?? ""))
    return undefined;
  for (const name of names) {
    const kind = name === undefined ? undefined : kindOfScript(name);
    if (name === undefined || kind === undefined) continue;
    const after = words.slice(
      words.indexOf(isPackage ? name : (plain.find((word) => word.endsWith(name)) ?? name)) + 1,
    );
    return {
      name: `${program} ${name === "t" || name === "tst" ? "test" : name}`,
      kind,
      ecosystem,
      suite: suiteOf(name),
      ...scriptNarrowing(program, after),
      ...(where && { where }),
    };
  }
  return undefined;
}

function scriptNarrowing(program: string, words: readonly string[]): { targets: readonly string[] } {
  if (/^(?:make|gmake|just|task|earthly|mise)$/.test(program))
    return { targets: words.filter((word) => /^\w+=/.test(word) && !/^-?j/.test(word)) };
  if (/^(?:mvnw?|gradlew?)$/.test(program))
    return { targets: words.filter((word) => /^(?:-Dtest=|--tests)/.test(word) || word.endsWith("Test")) };
  return narrowing(words.filter((word) => word !== "--"));
}

/** What a script is for, by the words of its name: `test:unit`, `typecheck`, `lint-fix` … */
function kindOfScript(name: string): CheckKind | undefined {
  const words = name.toLowerCase();
  if (/fix|write|watch|format$|^fmt$|serve|dev|start|publish|install|clean|docs?$/.test(words))
    return undefined;
  if (/^(?:ci|verify|validate|qa|check[:-]all|precommit|pre-commit|preflight|all)$/.test(words)) return "all";
  if (
    /(?:^|[:._-])(?:tests?|t|tst|spec|jest|vitest|pytest|e2e|unit|integration|coverage|testall)(?:$|[:._-])|^test|[Tt]ests?$/.test(
      words,
    )
  )
    return "test";
  if (/type|tsc|mypy|pyright|^check$/.test(words)) return words === "check" ? "all" : "types";
  if (/lint|eslint|clippy|vet|style|checkstyle|format[:-]check|fmt[:-]check/.test(words)) return "lint";
  if (/(?:^|[:._-])(?:build|compile|assemble|package|bundle|install-check)(?:$|[:._-])/.test(words))
    return "build";
  return undefined;
}

function suiteOf(name: string): string {
  const suite = name
    .toLowerCase()
    .split(/[:._-]/)
    .filter(
      (word) =>
        !/^(?:tests?|lint|build|types?|typecheck|check|t|tst|ci|all|run|verify|validate|qa|precommit|preflight)$/.test(
          word,
        ),
    );
  return suite.join(":");
}

/** A script of the project's own: `./scripts/test.sh`, `bin/check`. */
function ownScript(path: string, rest: readonly string[]): Runner | undefined {
  const name =
    path
      .split("/")
      .at(-1)
      ?.replace(/\.(?:sh|bash|py|ts|js)$/, "") ?? "";
  const kind = kindOfScript(name);
  return kind && { name: path, kind, ecosystem: "any", suite: suiteOf(name), ...narrowing(rest) };
}

const WORKSPACE = /^(?:-w|--workspace|--filter|-F|-C|--prefix|--cwd|--dir|-p|-pl|--project)(?:=(.+))?$/;

function withoutWorkspace(rest: readonly string[]): { words: readonly string[]; where: string } {
  const words: string[] = [];
  let where = "";
  for (let at = 0; at < rest.length; at++) {
    const match = WORKSPACE.exec(rest[at] ?? "");
    if (match && rest[at] !== "-p") where = match[1] ?? rest[++at] ?? "";
    else if (rest[at] === "workspace") where = rest[++at] ?? "";
    else words.push(rest[at] ?? "");
  }
  return { words, where };
}

/** Options whose value narrows what is run. */
const FILTERS =
  /^(?:-t|-k|-m|-g|-run|--run|--grep|--testNamePattern|--test-name-pattern|--filter|-n|--name|-e|--example|--tests|--testPathPattern|--only|-p|--package|--lib|--bin|--test|--exclude|--deselect|--ignore|--lf|--last-failed|--ff|-x?k|--shard|--changed|--onlyChanged|--onlyFailures|--findRelatedTests|--project|-Dtest|--scheme|--only-testing)(?:=(.+))?$/;
/** Options whose value says nothing about what is run. */
const VALUED =
  /^(?:-c|--config|-o|--output|--reporter|--reporters|-r|--maxWorkers|-j|--jobs|--timeout|--max-warnings|--format|-f|--ext|--coverage-reporter|--tb|-count|-timeout|-cpu|--color|--log-level|--configuration|-parallel|--test-reporter|--target-dir|--message-format|--verbosity|-destination|--maxfail|--durations|--cov|--cov-report|--junitxml|--build|--pool|-W|--workers|--retries)$/;
const FLAGS_THAT_NARROW =
  /^(?:--lib|--bins?|--tests|--doc|--lf|--last-failed|--onlyChanged|--onlyFailures|--only-failures|--changed|--short|-short|--failed|--bail-only)$/;

/** The paths and filters among the words after a runner's name. */
function narrowing(words: readonly string[]): { targets: readonly string[] } {
  const targets: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const filter = FILTERS.exec(word);
    if (FLAGS_THAT_NARROW.test(word)) targets.push(word);
    else if (filter) targets.push(`${word.split("=")[0]}=${filter[1] ?? words[++at] ?? ""}`);
    else if (VALUED.test(word)) at++;
    else if (!word.startsWith("-") && word !== "run" && !word.startsWith("$")) targets.push(word);
  }
  return { targets };
}
