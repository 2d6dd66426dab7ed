import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { RolecallError } from "../../errors.ts";
import { bad, GOOD, type Validator } from "../validate.ts";
import { codeOf } from "./fenced.ts";
import { runProcess } from "./process.ts";

export interface CommandOptions {
  /** Where the code of the answer is written, within the temporary folder. */
  file: string;
  /** Fences that hold it: `["ts", "typescript"]`. */
  languages?: readonly string[];
  /** Other files to put there: path within the folder → content. */
  files?: Readonly<Record<string, string>>;
  /** Default: one minute. */
  timeoutMs?: number;
}

/**
 * A command passes in a temporary folder that holds the answer's code: exit code 0. This runs what the model wrote if the
 * command does: put a sandbox into the command where that matters.
 */
export function command(argv: readonly [string, ...string[]], options: CommandOptions): Validator {
  const { file, languages, files = {}, timeoutMs = 60_000 } = options;
  return {
    name: argv.join(" "),
    async check({ text }, signal) {
      const folder = await mkdtemp(join(tmpdir(), "rolecall-check-"));
      try {
        for (const [path, content] of Object.entries({ ...files, [file]: codeOf(text, languages) }))
          await writeInside(folder, path, content);
        const ran = await runProcess(argv, { cwd: folder, timeoutMs, signal });
        if (ran.kind === "missing")
          throw new RolecallError(`${argv[0]} is not installed`, {
            hint: "Install it, or leave the check out.",
          });
        if (ran.kind === "timeout") return bad(`took more than ${timeoutMs / 1000} s`);
        return ran.code === 0 ? GOOD : bad(`exit code ${ran.code}: ${ran.output.trim()}`);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

async function writeInside(folder: string, path: string, content: string): Promise<void> {
  const target = join(folder, path);
  if (relative(folder, target).startsWith(".."))
    throw new RolecallError(`${path} would be written outside the temporary folder`);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content);
}
