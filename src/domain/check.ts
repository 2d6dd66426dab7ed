/** What a verification command looks at. */
const CHECK_KINDS = ["test", "types", "lint", "build", "all"] as const;
export type CheckKind = (typeof CHECK_KINDS)[number];

/** One verification inside a shell command. */
export interface Check {
  kind: CheckKind;
  /** Whose tools: `js`, `python`, `go` …; `any` for make, just and the like. */
  ecosystem: string;
  /** The part of the suite that a script's name says (`unit`, `e2e`); empty for all of it. */
  suite: string;
  /** Directory or workspace it ran in, as far as the command says. */
  where: string;
  /** Paths and hashed filters it was narrowed to, sorted; empty for everything. */
  targets: readonly string[];
  /** Hash of the command without what only changes its output. */
  command: number;
}

export type Verdict = "pass" | "fail" | "timeout" | "unclear";

/** Whether `wide` passing tells that `narrow` would pass: the same command, or one that covers at least as much. */
export function covers(wide: Check, narrow: Check): boolean {
  if (wide.command === narrow.command && wide.where === narrow.where) return true;
  return (
    coversKind(wide, narrow) &&
    (wide.ecosystem === narrow.ecosystem || wide.ecosystem === "any") &&
    (wide.suite === narrow.suite || (wide.suite === "" && WITHIN_ALL.has(narrow.suite))) &&
    isWithin(narrow.where, wide.where) &&
    (wide.targets.length === 0 ||
      (narrow.targets.length > 0 &&
        narrow.targets.every((target) => wide.targets.some((area) => isWithin(target, area)))))
  );
}

/** Suites that a plain `test` runs by convention; end-to-end suites it does not. */
const WITHIN_ALL = new Set(["", "unit", "only", "watch", "ci", "coverage"]);

function coversKind(wide: Check, narrow: Check): boolean {
  return wide.kind === narrow.kind || wide.kind === "all";
}

function isWithin(path: string, area: string): boolean {
  return (
    area === "" ||
    path === area ||
    path.startsWith(area.endsWith("/") ? area : `${area}/`) ||
    path.startsWith(`${area}::`)
  );
}
