import { join, relative, sep } from "node:path";
import { type CiStep, readCiSteps, type StepKind } from "./ci-steps.ts";
import { type FolderView, viewFolder, viewWithin } from "./folder-view.ts";
import { scriptCommand } from "./javascript.ts";
import { LANGUAGES } from "./languages.ts";

/** Languages and check command of a repository or of a package in it. */
export interface Repository {
  /** In the order of `LANGUAGES`. */
  languages: readonly string[];
  /** Command that checks the project: its tests, or all its checks; undefined if none is recognized. */
  verify: string | undefined;
}

/** Longest command that a policy accepts, in characters. */
const MOST_CHARACTERS = 200;

/**
 * Reads the build files and the CI of `folder`, which is `root` or a package below it. Reads only regular files of limited size and
 * runs nothing.
 */
export function readRepository(folder: string, root = folder): Repository {
  const steps = relative(root, folder).split(sep).filter(Boolean);
  const view = viewWithin(root, steps);
  const parts = partsOf(view);
  const names = new Set(parts.flatMap((part) => languagesOf(part)));
  const languages = [...new Set(LANGUAGES.map(({ name }) => name))].filter((name) => names.has(name));
  const ci = readCiSteps(viewFolder(root));
  const own = parts.length > MOST_PARTS ? [] : parts.flatMap((part) => ownCommand(part, view));
  return {
    languages: languages.filter((name) => name !== "JavaScript" || !names.has("TypeScript")),
    verify: shortened(ciCommands(ci, view, steps.join("/")) ?? own),
  };
}

/** Returns whether a folder is a package: it has build files of its own. */
export function isPackage(folder: string): boolean {
  return languagesOf(viewFolder(folder)).length > 0;
}

/** Joins as many commands as fit; the last one, the tests, is always kept. */
function shortened(commands: readonly string[]): string | undefined {
  const all = [...commands];
  while (all.length > 1 && all.join(" && ").length > MOST_CHARACTERS) all.shift();
  const text = all.join(" && ");
  return text === "" || text.length > MOST_CHARACTERS ? undefined : text;
}

const ORDER = ["lint", "types", "test"] as const satisfies readonly StepKind[];
const SCRIPT_NAMES: Readonly<Record<StepKind, readonly string[]>> = {
  lint: ["lint"],
  types: ["typecheck", "type-check", "check-types", "check:types", "types", "tsc"],
  test: ["test"],
};

/** Returns one command of each kind that CI runs in a folder; for a package, its own scripts of the kinds that CI runs anywhere. */
function ciCommands(steps: readonly CiStep[], view: FolderView, folder: string): string[] | undefined {
  const commands = ORDER.flatMap((kind) => {
    const here = steps.find((step) => step.kind === kind && step.folder === folder);
    const elsewhere = folder !== "" && steps.some((step) => step.kind === kind);
    return here?.command ?? (elsewhere ? scriptCommand(view, SCRIPT_NAMES[kind]) : undefined) ?? [];
  });
  const tests = steps.some(({ kind, folder: at }) => kind === "test" && (at === folder || folder !== ""));
  return tests && commands.length > 0 ? commands : undefined;
}

function ownCommand(part: FolderView, from: FolderView): string[] {
  const command =
    scriptCommand(part, ["test"]) ??
    makeTest(part) ??
    LANGUAGES.filter(({ files }) => part.matches(files))
      .map(({ test }) => test(part))
      .find((test) => test !== undefined);
  if (command === undefined) return [];
  const below = relative(from.path, part.path).replaceAll("\\", "/");
  return [below === "" ? command : `(cd ${below} && ${command})`];
}

function makeTest(view: FolderView): string | undefined {
  const makefile = ["GNUmakefile", "makefile", "Makefile"].map((name) => view.text(name)).find(Boolean) ?? "";
  const target = ["test", "check", "tests"].find((name) =>
    new RegExp(`^${name}\\s*:(?!=)`, "m").test(makefile),
  );
  if (target) return `make ${target}`;
  const recipes = view.text("justfile") || view.text("Justfile");
  if (/^test(?:\s+[^:\n]+)?\s*:(?!=)/m.test(recipes)) return "just test";
  return /^ {2}test:/m.test(view.text("Taskfile.yml")) ? "task test" : undefined;
}

function languagesOf(view: FolderView): string[] {
  return LANGUAGES.filter(({ files }) => view.matches(files)).map(({ name }) => name);
}

/** Limits of the search for build files below the root. */
const MOST_DEPTH = 3;
const MOST_FOLDERS = 300;
const MOST_PARTS = 3;
/** Folders without code of the project, or with examples. */
const SKIPPED =
  /^(?:\.|node_modules$|vendor$|third_?party$|dist$|build$|target$|out$|venv$|fixtures?$|testdata$|tests?$|spec$|docs?$|examples?$|samples?$|templates?$)/i;

/** Returns the folder itself if it has build files, otherwise the nearest ones below it that have some. */
function partsOf(view: FolderView): FolderView[] {
  let level = [view];
  let looked = 0;
  for (let depth = 0; depth <= MOST_DEPTH && level.length > 0 && looked < MOST_FOLDERS; depth++) {
    const found = level.filter((one) => languagesOf(one).length > 0 || makeTest(one) !== undefined);
    if (found.length > 0) return found;
    looked += level.length;
    level = level.flatMap((one) =>
      one.folders
        .filter((name) => !SKIPPED.test(name))
        .sort()
        .map((name) => viewFolder(join(one.path, name), one)),
    );
  }
  return [];
}
