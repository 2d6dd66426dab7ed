import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { RolecallError } from "../../errors.ts";
import { bad, ENDLESS, GOOD, type Validator } from "../validate.ts";
import { codeOf } from "./fenced.ts";
import { runTool } from "./tool.ts";

/** Options of a command that checks an answer. */
export interface CommandOptions {
  /** Path of the file for the answer's code, within the temporary folder. */
  file: string;
  /** Fences that contain it: `["ts", "typescript"]`. */
  languages?: readonly string[];
  /** Other files to put there: path within the folder → content. */
  files?: Readonly<Record<string, string>>;
  /** Variables that the command needs besides paths, locale and the like: it sees no other ones. */
  env?: Readonly<Record<string, string>>;
  /** Default: one minute. */
  timeoutMs?: number;
}

/**
 * Accepts the answer if a command succeeds in a temporary folder that contains its code. This runs what the model wrote
 * if the command does: put a sandbox into the command if that matters.
 *
 * @example
 * ```ts
 * import { command, createAnthropicSender, createExecutor, SAME_MODEL } from "rolecall";
 *
 * const parses = command(["node", "--check", "answer.mjs"], { file: "answer.mjs", languages: ["js", "javascript"] });
 * const executor = createExecutor({ policy: SAME_MODEL, sender: createAnthropicSender() });
 * const request = { taskType: "code", prompt: "A sort in JavaScript", validate: parses };
 * await executor.run(request).catch(({ reason }) => console.log(reason)); // rejected: no answer parses
 * ```
 */
export function command(argv: readonly [string, ...string[]], options: CommandOptions): Validator {
  const { file, languages, files = {}, env = {}, timeoutMs = 60_000 } = options;
  return {
    name: argv.join(" "),
    kind: "command",
    async check({ text }, signal = ENDLESS) {
      const folder = await mkdtemp(join(tmpdir(), "rolecall-check-"));
      try {
        for (const [path, content] of Object.entries({ ...files, [file]: codeOf(text, languages) }))
          await writeInside(folder, path, content);
        const end = await runTool(argv, { cwd: folder, env, timeoutMs, signal });
        if (!end)
          throw new RolecallError(`${argv[0]}: not installed`, {
            hint: "Try to install it, or leave the check out.",
          });
        if (end.timedOut) return bad(`took more than ${timeoutMs / 1000} s`);
        return end.exitCode === 0 ? GOOD : bad(`exit code ${end.exitCode ?? 1}: ${end.output.trim()}`);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

async function writeInside(folder: string, path: string, content: string): Promise<void> {
  const target = join(folder, path);
  if (relative(folder, target).startsWith(".."))
    throw new RolecallError(`${path}: outside the temporary folder`, {
      hint: "Expected a path within the folder.",
    });
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content);
}
