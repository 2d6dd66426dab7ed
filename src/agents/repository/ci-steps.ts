import { join } from "node:path";
import { parseDocument } from "yaml";
import { isObject } from "../../domain/objects.ts";
import { type FolderView, viewFolder } from "./folder-view.ts";

/** Kind of check that a CI step runs. */
export type StepKind = "lint" | "types" | "test";

/** A command that CI runs, in its original spelling. */
export interface CiStep {
  kind: StepKind;
  command: string;
  /** Working directory relative to the root of the repository; empty for the root. */
  folder: string;
}

/** Limits on CI files, so that a hostile repository cannot make this slow. */
const MOST_FILES = 30;
const MOST_BYTES = 256 * 1024;
const MOST_ALIASES = 100;
/** Names of workflows that do not check changes. */
const OTHER_WORK = /release|publish|deploy|nightly|pages|docs|codeql|stale|label|benchmark|docker/i;

/** Reads the lint, type-check and test commands that the CI of a repository runs, in order. */
export function readCiSteps(root: FolderView): CiStep[] {
  const workflows = viewFolder(join(root.path, ".github/workflows"));
  const files = [...workflows.names].filter((name) => /\.ya?ml$/.test(name) && !OTHER_WORK.test(name)).sort();
  const texts = [
    ...files.slice(0, MOST_FILES).map((name) => workflows.text(name)),
    root.text(".gitlab-ci.yml"),
    viewFolder(join(root.path, ".circleci")).text("config.yml"),
    root.text("azure-pipelines.yml"),
    root.text("bitbucket-pipelines.yml"),
    root.text(".travis.yml"),
  ];
  const steps = texts.filter((text) => text && text.length <= MOST_BYTES).flatMap(stepsOf);
  const seen = new Set<string>();
  return steps.filter(({ command, folder }) => {
    const key = `${folder} ${command}`;
    return !seen.has(key) && seen.add(key);
  });
}

function stepsOf(text: string): CiStep[] {
  let json: unknown;
  try {
    json = parseDocument(text, { logLevel: "silent" }).toJS({ maxAliasCount: MOST_ALIASES });
  } catch {
    return []; // not YAML, or a bomb of aliases: CI could not run it either
  }
  const found: { script: string; folder: string }[] = [];
  collect(json, "", found);
  return found.flatMap(({ script, folder }) =>
    linesOf(script).flatMap((command): CiStep[] => {
      const kind = kindOf(command);
      return kind ? [{ kind, command, folder }] : [];
    }),
  );
}

/** Keys whose text, or list of texts, a shell runs. */
const SCRIPTS = new Set(["run", "script", "command", "bash", "before_script"]);

/** Collects every script below a value with its working directory. */
function collect(value: unknown, folder: string, found: { script: string; folder: string }[]): void {
  if (Array.isArray(value)) for (const item of value) collect(item, folder, found);
  if (!isObject(value)) return;
  const defaults = (value["defaults"] as { run?: unknown } | undefined)?.run as
    | Record<string, unknown>
    | undefined;
  const own = value["working-directory"] ?? value["working_directory"] ?? defaults?.["working-directory"];
  const here = typeof own === "string" ? own.replace(/^\.\/?|\/$/g, "") : folder;
  for (const [key, inner] of Object.entries(value)) {
    const texts = (Array.isArray(inner) ? inner : [inner]).filter((text) => typeof text === "string");
    if (SCRIPTS.has(key)) found.push(...texts.map((script) => ({ script, folder: here })));
    if (key !== "defaults") collect(inner, here, found);
  }
}

/** Output that only a CI reads. */
const REPORT_FORMAT = / (?:-f|--(?:output-)?format)[ =](?:github|junit|sarif|checkstyle)\S*/;

/** Splits a script into plain commands, without those that only work in CI. */
function linesOf(script: string): string[] {
  return script
    .replaceAll(/\\\n\s*/g, " ")
    .split(/\n|&&/)
    .map((line) => line.trim().replaceAll(/\s+/g, " ").replace(REPORT_FORMAT, ""))
    .filter(
      (line) =>
        line !== "" && line.length <= 120 && !/[$|<>;`'"(){}]|^#|\bsudo\b|--(?:watch|shard)/.test(line),
    );
}

/** Words before a tool that select its environment or version. */
const BEFORE_TOOL =
  /^(?:npx|bunx|uvx|pnpm exec|pnpm dlx|yarn dlx|npm exec|uv run|poetry run|pdm run|hatch run|pipenv run|bundle exec|python3? -m)(?: -\S+)* /;
/** Tools whose arguments decide what they check; other tools are classified by name. */
const TASK_RUNNERS =
  /^(?:npm|pnpm|yarn|bun|deno|turbo|nx|make|just|task|cargo|go|(?:\.\.?\/)*gradlew|gradle|(?:\.\.?\/)*mvnw|mvn|rake|bin\/rails|dotnet|mix|composer|swift|flutter|dart|sbt|tox|nox|ruff|biome)$/;
const NO_CHECK =
  /^(?:install|i|ci|add|sync|build|publish|deploy|upload|login|setup|cache|audit|release|e2e|test:e2e|test:integration|coverage:report)$/;
const KINDS: readonly (readonly [StepKind, RegExp])[] = [
  ["test", /^(?:tests?|test[:-][\w:-]+|pytest|unittest|vitest|jest|mocha|rspec|spec|nextest|phpunit)$/],
  [
    "types",
    /^(?:type-?check|check-?types|check:types|types(?::check)?|tsc|vue-tsc|svelte-check|mypy|pyright|basedpyright|phpstan|psalm|dialyzer)$/,
  ],
  [
    "lint",
    /^(?:lint(?:[:-][\w:-]+)?|eslint|oxlint|biome|ruff|flake8|pylint|black|clippy|golangci-lint|vet|fmt|format(?:[:-]check)?|prettier|rubocop|standardrb|spotlessCheck|checkstyle\S*|ktlint\S*|detekt|credo|phpcs)$/,
  ],
  ["test", /^(?:verify|check|ci:test)$/],
];

/** Classifies a command by its tool, or by the task that it passes to a task runner. */
function kindOf(command: string): StepKind | undefined {
  const [tool = "", ...rest] = command.replace(BEFORE_TOOL, "").split(" ");
  if (!TASK_RUNNERS.test(tool)) return kindOfWord(tool);
  const end = rest.indexOf("--");
  const words = rest.slice(0, end < 0 ? undefined : end).filter((word) => !/^[-.]/.test(word));
  if (words.some((word) => NO_CHECK.test(word)) && !/^(?:turbo|nx)$/.test(tool)) return undefined;
  if (/^(?:cargo|deno)$/.test(tool) && words[0] === "check") return "types";
  if (/^(?:tox|nox|rake)$/.test(tool)) return words.map(kindOfWord).find(Boolean) ?? "test";
  if (/^(?:ruff|biome)$/.test(tool)) return "lint";
  const kinds = words.map(kindOfWord).filter((kind) => kind !== undefined);
  return kinds.includes("test") ? "test" : kinds[0];
}

function kindOfWord(word: string): StepKind | undefined {
  const name = word.slice(word.lastIndexOf("/") + 1);
  return KINDS.find(([, words]) => words.test(name))?.[0];
}
