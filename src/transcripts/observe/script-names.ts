import type { CheckKind } from "../../domain/check.ts";

/** Returns what a script is for, by the words of its name: `test:unit`, `typecheck`, `lint-fix` … */
export function kindOfScript(name: string): CheckKind | undefined {
  const words = name.toLowerCase();
  if (/write|watch|format$|^fmt$|serve|dev|start|publish|install|clean|docs?$/.test(words)) return undefined;
  if (/fix/.test(words) && !/lint/.test(words)) return undefined;
  if (/^(?:ci|verify|validate|qa|check[:-]all|precommit|pre-commit|preflight|all)$/.test(words)) return "all";
  if (
    /(?:^|[:._-])(?:tests?|t|tst|spec|jest|vitest|pytest|e2e|unit|integration|coverage|testall)(?:$|[:._-])|^test|tests?$/.test(
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

/** Words of a script's name that name its kind, not a part of the suite. */
const KIND_WORDS =
  /^(?:tests?|lint|build|types?|typecheck|check|t|tst|run|verify|validate|qa|precommit|preflight|fix)$/;
/** Words for the whole of it. */
const WHOLE = /^(?:ci|all|full|everything)$/;

/** Returns the part of the suite that a script's name names: `unit` for `test:unit`, `all` for `test:ci`. */
export function suiteOf(name: string): string {
  const words = name.toLowerCase().split(/[:._-]/);
  if (words.some((word) => WHOLE.test(word))) return "all";
  return words.filter((word) => !KIND_WORDS.test(word)).join(":");
}
