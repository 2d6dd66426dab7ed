import { type SimpleCommand, splitCommands } from "../observe/shell.ts";
import { SCRIPT_RUNNERS } from "../observe/runner-table.ts";
import { shellScript, unwrap } from "../observe/unwrap.ts";
import { COMMON_SCRIPTS, PROGRAM_NAMES, PYTHON_MODULES, SUBCOMMANDS } from "./program-names.ts";

/** The name of a program that is not in the list. */
const OTHER_PROGRAM = "other program";
/** The name of a program that is called by its path, and is not in the list either. */
const OWN_PROGRAM = "own program";

/** Programs that set up the shell, or only print: a line is named for them if it runs no other. */
const MINOR = new Set(
  ". : [ [[ cd declare echo eval exit export false let local popd printf pushd read return set shift sleep source test trap true ulimit umask unset wait Set-Location Start-Sleep Write-Host Write-Output".split(
    " ",
  ),
);

/**
 * Names a shell line by the program that it runs, with a well-known command of that program: `git commit`, `npm run test`. All words
 * come from lists, so no text of the line gets into the name.
 */
export function programOf(commands: readonly SimpleCommand[], depth = 0): string {
  let minor = "";
  for (const { words } of commands) {
    const name = nameOf(words, depth);
    if (name === "") continue;
    if (!MINOR.has(name)) return name;
    minor ||= name;
  }
  return minor || OTHER_PROGRAM;
}

const DEEPEST = 2;

/** Returns the name of a simple command; empty for assignments alone. */
function nameOf(all: readonly string[], depth: number): string {
  // `$x = Get-Date` of PowerShell.
  const words = all[1] === "=" && all[0]?.startsWith("$") ? all.slice(2) : all;
  const [first = "", ...rest] = withoutWrappers(words);
  if (first === "") return words.some((word) => !/^\$?[\w:]+=/.test(word)) ? OTHER_PROGRAM : "";
  const script = depth < DEEPEST ? shellScript([first, ...rest]) : undefined;
  if (script !== undefined) return programOf(splitCommands(script), depth + 1);
  const base = baseName(first);
  if (!PROGRAM_NAMES.has(base)) return base === first ? OTHER_PROGRAM : OWN_PROGRAM;
  return [base, ...subcommandOf(base, rest)].join(" ");
}

/** Programs that start others elsewhere; they matter more than what they start. */
const REMOTE = new Set(["docker", "docker-compose", "podman", "kubectl", "nix"]);

/** Returns the words from the program on that matters: `timeout 60 npx vitest` runs `vitest`. */
function withoutWrappers(words: readonly string[]): readonly string[] {
  const inner = unwrap(words);
  const skipped = words.slice(0, words.length - inner.length);
  const from = skipped.findIndex((word) => REMOTE.has(word));
  if (from >= 0) return words.slice(from);
  return inner.length > 0 ? inner : skipped.filter((word) => PROGRAM_NAMES.has(word)).slice(-1);
}

function baseName(program: string): string {
  return program.replace(/^.*[\\/]/, "").replace(/\.(?:exe|cmd|bat)$/i, "");
}

const OPTIONS_WITH_VALUE =
  /^(?:-[CcfnpRw]|--(?:context|cwd|dir|directory|file|filter|git-dir|kubeconfig|manifest-path|namespace|prefix|profile|project|repo|work-tree|workspace))$/;

function subcommandOf(program: string, rest: readonly string[]): string[] {
  let at = 0;
  while (/^[-+]/.test(rest[at] ?? "") && !(rest[at] === "-m" && program.startsWith("python")))
    at += OPTIONS_WITH_VALUE.test(rest[at] ?? "") ? 2 : 1;
  const [command = "", ...behind] = rest.slice(at);
  if (command === "-m") return PYTHON_MODULES.has(behind[0] ?? "") ? [command, behind[0] as string] : [];
  if (Object.hasOwn(SUBCOMMANDS, program) && SUBCOMMANDS[program]?.has(command)) {
    if (command !== "run" && command !== "task") return [command];
    const script = behind.find((word) => !word.startsWith("-")) ?? "";
    return isScriptOf(program, script) ? [command, script] : [command];
  }
  return isScriptOf(program, command) ? [command] : [];
}

function isScriptOf(program: string, script: string): boolean {
  return Object.hasOwn(SCRIPT_RUNNERS, program) && COMMON_SCRIPTS.has(script);
}
