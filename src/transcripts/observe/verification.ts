import type { Check } from "../../domain/check.ts";
import { hashText } from "./hash.ts";
import { splitCommands, type SimpleCommand } from "./shell.ts";
import { findRunner, type Runner } from "./runners.ts";

/** A verification inside a shell line, with what its exit code can tell. */
export interface FoundCheck {
  check: Check;
  /** The name of the runner, for reading its output. */
  runner: string;
  /** Its exit code is the line's: nothing after it can hide or replace it. */
  decidesExit: boolean;
  /** Its exit code is lost in a pipe, by `|| true` or by what follows. */
  masked: boolean;
  /** Its output went through a filter that may have cut off the verdict. */
  filtered: boolean;
}

/** Words that stand before the program that really runs. */
const WRAPPERS = new Set([
  "sudo",
  "time",
  "nice",
  "nohup",
  "command",
  "exec",
  "env",
  "npx",
  "bunx",
  "pnpx",
  "dotenv",
  "cross-env",
  "xvfb-run",
  "stdbuf",
  "unbuffer",
  "caffeinate",
  "script",
  "rtk",
  "winpty",
]);
/** Wrappers of two words: the second is part of them. */
const PAIRS: Readonly<Record<string, ReadonlySet<string>>> = {
  pnpm: new Set(["exec", "dlx"]),
  yarn: new Set(["exec", "dlx"]),
  npm: new Set(["exec", "x"]),
  bun: new Set(["x"]),
  poetry: new Set(["run"]),
  uv: new Set(["run"]),
  pipenv: new Set(["run"]),
  pdm: new Set(["run"]),
  hatch: new Set(["run"]),
  rye: new Set(["run"]),
  conda: new Set(["run"]),
  bundle: new Set(["exec"]),
  mise: new Set(["exec", "x"]),
  nix: new Set(["develop", "shell"]),
  direnv: new Set(["exec"]),
  docker: new Set(["exec", "run", "compose"]),
  "docker-compose": new Set(["exec", "run"]),
  podman: new Set(["exec", "run", "compose"]),
  kubectl: new Set(["exec"]),
};

/** The verifications of a shell line, in order. `cwd` is where it ran. */
export function findChecks(line: string, cwd = ""): readonly FoundCheck[] {
  const key = `${cwd}\n${line}`;
  let found = known.get(key);
  if (found) return found;
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, (found = searchChecks(line, cwd)));
  return found;
}

/** The same few commands run over and over. */
const known = new Map<string, readonly FoundCheck[]>();
const MOST_KNOWN = 500;

function searchChecks(line: string, cwd: string): FoundCheck[] {
  const commands = splitCommands(line);
  const found: FoundCheck[] = [];
  let where = "";
  commands.forEach((command, index) => {
    const [program, argument] = command.words;
    if (program === "cd" || program === "pushd") where = relativeTo(cwd, where, argument ?? "");
    const check = classify(command.words, where);
    if (check) found.push({ ...check, ...exitOf(commands, index) });
  });
  return found;
}

function classify(words: readonly string[], where: string): { check: Check; runner: string } | undefined {
  const rest = unwrap(words);
  const inner = shellScript(rest);
  if (inner !== undefined) {
    const first = findChecks(inner)[0];
    return (
      first && { check: { ...first.check, where: joinPath(where, first.check.where) }, runner: first.runner }
    );
  }
  const runner = findRunner(rest);
  if (!runner) return undefined;
  return { check: toCheck(runner, where), runner: runner.name };
}

function toCheck(runner: Runner, where: string): Check {
  const targets = runner.targets.map(targetOf).filter((target) => target !== "");
  const { kind, ecosystem, suite, name } = runner;
  const identity = [name, kind, suite, ...targets].join(" ");
  return {
    kind,
    ecosystem,
    suite,
    where: joinPath(where, runner.where ?? ""),
    targets: [...new Set(targets)].sort(),
    command: hashText(identity),
  };
}

/**
 * Returns a target without its text: words of a command line may be secrets. A path keeps its separators, so that it is
 * still seen to lie within another one.
 */
function targetOf(target: string): string {
  const path = target.replace(/^\.\//, "").replace(/\/(?:\.\.\.)?$/, "");
  if (/^(?:|\.|\.\.\.|-p=tsconfig\.json)$/.test(path)) return "";
  if (!/^[\w@./:[\]*-]+$/.test(path)) return `#${hashText(target)}`;
  const parts = path.split(/(\/|::)/);
  return parts.map((part, at) => (at % 2 === 1 || part === "" ? part : hashText(part).toString(36))).join("");
}

function unwrap(words: readonly string[]): readonly string[] {
  let rest = words;
  for (let guard = 0; guard < 8; guard++) {
    const [first = "", second = ""] = rest;
    if (/^\w+=/.test(first)) rest = rest.slice(1);
    else if (first === "timeout" || first === "gtimeout")
      rest = rest.slice(rest.findIndex((word, at) => at > 0 && /^[\d.]+[smhd]?$/.test(word)) + 1 || 1);
    else if (WRAPPERS.has(first)) rest = withoutOptions(rest.slice(1));
    else if (PAIRS[first]?.has(second)) {
      if (second === "compose" && !["exec", "run"].includes(rest[2] ?? "")) break;
      rest = withoutOptions(rest.slice(second === "compose" ? 3 : 2));
      if (/docker|podman|kubectl/.test(first)) {
        rest = rest.slice(rest[1] === "--" ? 2 : 1);
      }
    } else break;
  }
  return rest;
}

const OPTIONS_WITH_VALUE =
  /^(?:-[eufpwcvn]|--(?:env|user|package|workdir|volume|name|network|env-file|extra|with|group))$/;

function withoutOptions(words: readonly string[]): readonly string[] {
  let at = 0;
  while (words[at]?.startsWith("-")) at += OPTIONS_WITH_VALUE.test(words[at] ?? "") ? 2 : 1;
  return words.slice(at);
}

/** The script inside `bash -c "…"`. */
function shellScript(words: readonly string[]): string | undefined {
  if (!/^(?:\/\w+)*\/?(?:ba|z|da)?sh$/.test(words[0] ?? "")) return undefined;
  const at = words.findIndex((word) => /^-\w*c$/.test(word));
  return at > 0 ? words[at + 1] : undefined;
}

function exitOf(commands: readonly SimpleCommand[], index: number): Omit<FoundCheck, "check" | "runner"> {
  const pipefail = commands.some(({ words }) => words[0] === "set" && words.includes("pipefail"));
  let at = index;
  let filtered = false;
  let masked = false;
  while (commands[at]?.joint === "|") {
    at++;
    if (commands[at]?.words[0] !== "tee") filtered = true;
    if (!pipefail) masked = true;
  }
  const joints = commands.slice(at).map(({ joint }) => joint);
  const after = commands.slice(at + 1).filter(({ words }) => words[0] !== "set" && !passesExitOn(words));
  if (joints[0] === "||" || joints[0] === "&" || (joints[0] === ";" && after.length > 0)) masked = true;
  return { masked, filtered, decidesExit: !masked && after.length === 0 };
}

/** `exit $?`, `exit ${PIPESTATUS[0]}`: the line ends with the exit code of what came before. */
function passesExitOn(words: readonly string[]): boolean {
  return words[0] === "exit" && /^\$(?:\?|\{?PIPESTATUS|\w+$)/.test(words[1] ?? "");
}

function relativeTo(cwd: string, where: string, directory: string): string {
  const plain = directory.replace(/\/$/, "");
  if (plain.startsWith("/"))
    return plain === cwd ? "" : plain.startsWith(`${cwd}/`) ? plain.slice(cwd.length + 1) : plain;
  if (plain === "" || plain === "-" || plain.startsWith("~") || plain.startsWith("$")) return plain;
  const parts = where === "" ? [] : where.split("/");
  for (const part of plain.split("/")) {
    if (part === "../..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}

function joinPath(base: string, path: string): string {
  if (base === "" || path === "") return base || path;
  return `${base}/${path}`;
}
