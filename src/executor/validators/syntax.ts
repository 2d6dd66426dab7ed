import { parseAllDocuments } from "yaml";
import type { ProcessEnd } from "../process.ts";
import { bad, GOOD, type Validator, type Verdict } from "../validate.ts";
import { codeOf } from "./fenced.ts";
import { parseJson } from "./text.ts";
import { runTool } from "./tool.ts";

const TYPESCRIPT = `
import * as nodeModule from "node:module";
let source = "";
for await (const chunk of process.stdin) source += chunk;
if (!nodeModule.stripTypeScriptTypes) process.exit(127);
try {
  nodeModule.stripTypeScriptTypes(source, { mode: "transform" });
} catch (error) {
  console.error(error.message);
  process.exit(1);
}`;

const NODE = [process.execPath, "--no-warnings"] as const;

/** Parsers that read code on stdin and run none of it. */
const PARSERS = {
  typescript: [...NODE, "--input-type=module", "--eval", TYPESCRIPT],
  javascript: [...NODE, "--check", "--input-type=module", "-"],
  python: ["python3", "-I", "-c", "import ast, sys; ast.parse(sys.stdin.read())"],
  ruby: ["ruby", "-c", "-"],
  php: ["php", "-n", "-l"],
  bash: ["bash", "-n"],
  go: ["gofmt", "-e", "-l"],
} as const satisfies Record<string, readonly [string, ...string[]]>;

/** What code fences call these languages. */
const FENCES = {
  typescript: ["typescript", "ts"],
  javascript: ["javascript", "js", "mjs"],
  python: ["python", "py"],
  ruby: ["ruby", "rb"],
  php: ["php"],
  bash: ["bash", "sh", "shell"],
  go: ["go", "golang"],
  json: ["json"],
  yaml: ["yaml", "yml"],
} as const;
export type Language = keyof typeof FENCES;

const TIMEOUT_MS = 20_000;

/**
 * The answer's code parses. Nothing of it is run. Where a language's own parser is not installed, the answer passes, and
 * the run's notes say that it was not checked.
 */
export function syntax(language: Language): Validator {
  return {
    name: `syntax of ${language}`,
    async check({ text }, signal) {
      if (language === "json") return parseJson(text).verdict;
      const code = codeOf(text, FENCES[language]);
      if (language === "yaml") return checkYaml(code);
      const end = await runTool(PARSERS[language], { input: code, timeoutMs: TIMEOUT_MS, signal });
      return verdictOf(end, language);
    },
  };
}

function checkYaml(code: string): Verdict {
  const documents = parseAllDocuments(code);
  const error = "empty" in documents ? undefined : documents.flatMap(({ errors }) => errors)[0];
  return error ? bad(error.message) : GOOD;
}

/** What shells say of a program that is not there. */
const NOT_FOUND = 127;

function verdictOf(end: ProcessEnd | undefined, language: Language): Verdict {
  if (!end || end.exitCode === NOT_FOUND)
    return { ok: true, note: `no parser of ${language} is installed: its syntax was not checked` };
  if (end.timedOut) return bad(`the parser of ${language} took more than ${TIMEOUT_MS / 1000} s`);
  return end.exitCode === 0 ? GOOD : bad(`it does not parse: ${end.output.trim()}`);
}
