import type { ProcessEnd } from "../process.ts";
import { bad, type CheckResult, ENDLESS, GOOD, type Validator } from "../validate.ts";
import { codeOf } from "./fenced.ts";
import { CHECK_TIMEOUT_MS, resultOfTask, runIsolated, type TaskLimits } from "./isolated.ts";
import type { CheckLimits } from "./schema.ts";
import { checkJson } from "./text.ts";
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

/** The names of these languages in code fences. */
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
/** A language whose syntax can be checked. */
export type Language = keyof typeof FENCES;

const TIMEOUT_MS = 20_000;

/**
 * Checks that the answer's code parses. Nothing of it is run. If the parser of a language is not installed, the answer
 * passes, and the notes of the run report that it was not checked.
 *
 * @example
 * ```ts
 * import { createAnthropicSender, createExecutor, SONNET_TO_OPUS, syntax } from "rolecall";
 *
 * const executor = createExecutor({ policy: SONNET_TO_OPUS, sender: createAnthropicSender() });
 * const request = { taskType: "code", prompt: "A sort in TypeScript", validate: syntax("typescript") };
 * await executor.run(request).catch(({ reason }) => console.log(reason)); // rejected: no answer parses
 * ```
 */
export function syntax(language: Language, { timeoutMs }: CheckLimits = {}): Validator {
  return {
    name: `syntax of ${language}`,
    kind: "syntax",
    async check({ text }, signal = ENDLESS) {
      if (language === "json") return checkJson(text, { timeoutMs: timeoutMs ?? CHECK_TIMEOUT_MS, signal });
      const code = codeOf(text, FENCES[language]);
      if (language === "yaml")
        return resultOfTask(
          await runIsolated({ kind: "yaml", code }, { timeoutMs: timeoutMs ?? CHECK_TIMEOUT_MS, signal }),
        );
      const limits = { timeoutMs: timeoutMs ?? TIMEOUT_MS, signal };
      return resultOf(await runTool(PARSERS[language], { input: code, ...limits }), language, limits);
    },
  };
}

/** The exit code of shells for a program that is not there. */
const NOT_FOUND = 127;

function resultOf(end: ProcessEnd | undefined, language: Language, { timeoutMs }: TaskLimits): CheckResult {
  if (!end || end.exitCode === NOT_FOUND)
    return { ok: true, note: `no parser of ${language} is installed: its syntax was not checked` };
  if (end.timedOut) return bad(`the parser of ${language} took more than ${timeoutMs / 1000} s`);
  return end.exitCode === 0 ? GOOD : bad(`it does not parse: ${end.output.trim()}`);
}
