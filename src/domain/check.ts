import { hashName, hashPath, hashWhole } from "./hashed-words.ts";

/** The things that a verification command looks at. */
const CHECK_KINDS = ["test", "types", "lint", "build", "all"] as const;
export type CheckKind = (typeof CHECK_KINDS)[number];

/** One verification inside a shell command. */
export interface Check {
  kind: CheckKind;
  /** Ecosystem of the tools: `js`, `python`, `go` …; `any` for make, just and other task runners. */
  ecosystem: string;
  /**
   * The part of the suite that a script's name or its build tags name: `unit`, or a hash. Empty for the plain one, `all` for
   * everything.
   */
  suite: string;
  /** Directory or workspace that it ran in, from the folder of the session's start; this and the next two as hashes (hashed-words.ts). */
  where: string;
  /** Paths that it was narrowed to, from `where`, sorted; empty for everything there. */
  paths: readonly string[];
  /** Names of tests that it was narrowed to, one of which is enough, and other filters. */
  filters: readonly string[];
  /** Hash of the command without what only changes its output. */
  command: number;
}

export type CheckVerdict = "pass" | "fail" | "timeout" | "unclear";

/** The result of one check, as the runner's own output states it. */
export interface CheckReport {
  verdict: CheckVerdict;
  /** The verifications that a task runner said it started. */
  ran?: readonly Check[];
  /** Of a red test run. Absent when it names nothing as failed, or too much. */
  failing?: FailedTests;
}

/** The tests, and the files and packages, that a test run names as failed; as hashes (hashed-words.ts). */
export interface FailedTests {
  tests: readonly string[];
  places: readonly string[];
}

/** Returns whether `wide` passing means that `narrow` would pass: the same command, or one that covers at least as much. */
export function covers(wide: Check, narrow: Check): boolean {
  if (wide.command === narrow.command && wide.where === narrow.where) return true;
  return (
    coversSubject(wide, narrow) &&
    coversAreas(wide, narrow) &&
    (compiles(wide, narrow) || coversFilters(wide, narrow))
  );
}

/** A run of one test has compiled the whole package. */
function compiles(wide: Check, narrow: Check): boolean {
  return wide.kind === "test" && (narrow.kind === "build" || narrow.kind === "types");
}

/** Kind, tools and suite. */
function coversSubject(wide: Check, narrow: Check): boolean {
  if (wide.ecosystem !== narrow.ecosystem && wide.ecosystem !== "any" && narrow.ecosystem !== "any")
    return false;
  if (!coversKind(wide, narrow)) return false;
  return wide.kind !== narrow.kind || coversSuite(wide, narrow);
}

/** Whatever tests or inspects compiled code has built it. */
function coversKind(wide: Check, narrow: Check): boolean {
  if (wide.kind === narrow.kind || wide.kind === "all") return true;
  if (!COMPILED.has(wide.ecosystem) && !COMPILED.has(narrow.ecosystem)) return false;
  return COMPILES[narrow.kind]?.has(wide.kind) === true;
}

const COMPILED: ReadonlySet<string> = new Set(
  "go rust java dotnet swift c haskell dart zig elixir any".split(" "),
);
const COMPILES: Partial<Record<CheckKind, ReadonlySet<CheckKind>>> = {
  build: new Set(["test", "lint", "types"]),
  types: new Set(["test", "lint", "build"]),
};

/** Everything covers any part. A plain `lint` covers `lint:go`; a plain `test` covers `test:unit`, but not `test:e2e`. */
export function coversSuite(wide: Check, narrow: Check): boolean {
  if (wide.suite === narrow.suite || wide.suite === "all") return true;
  if (wide.suite !== "") return false;
  return narrow.kind !== "test" || WITHIN_PLAIN.has(narrow.suite);
}

/** Suites that a plain `test` runs by convention. */
const WITHIN_PLAIN = new Set(["unit", "only", "watch", "coverage", "all"]);

/** Returns the name of a suite as it is kept: one that is known as it is, another as a hash. */
export function hashSuite(suite: string): string {
  return WITHIN_PLAIN.has(suite) ? suite : hashWhole(suite);
}

function isPlace(name: string): boolean {
  return name.includes("/") || /\.\w{1,5}$/.test(name);
}

/** Sorts what a test run names as failed into tests, and files and packages, as hashes. */
export function hashFailed(names: readonly string[]): FailedTests {
  return {
    tests: names.filter((name) => !isPlace(name)).map(hashName),
    places: names.filter(isPlace).map(hashPath),
  };
}

function coversAreas(wide: Check, narrow: Check): boolean {
  const areas = areasOf(wide);
  return areasOf(narrow).every((path) => areas.some((area) => isWithin(path, area)));
}

/** The paths of a check from the folder of the session's start. */
export function areasOf({ where, paths }: Check): string[] {
  if (paths.length === 0) return [where];
  return paths.map((path) => (where === "" || path.startsWith("/") ? path : `${where}/${path}`));
}

function coversFilters(wide: Check, narrow: Check): boolean {
  if (wide.filters.length === 0) return true;
  return narrow.filters.length > 0 && narrow.filters.every((name) => matchesFilter(wide.filters, name));
}

/** Returns whether a run with these filters includes a test: by its name, or as a part of it, as most runners match. */
export function matchesFilter(filters: readonly string[], name: string): boolean {
  return filters.some((filter) => name.includes(filter));
}

export function isWithin(path: string, area: string): boolean {
  return (
    area === "" ||
    path === area ||
    path.startsWith(area.endsWith("/") ? area : `${area}/`) ||
    path.startsWith(`${area}::`)
  );
}
