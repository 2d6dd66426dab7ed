import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const KILL_AT = join(import.meta.dirname, "kill-at.ts");

interface Program {
  script: string;
  args?: readonly string[];
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

/** Runs a script to its end, and counts the steps of its work on the disk, at each of which it can be killed. */
export async function countSteps(program: Program): Promise<number> {
  const { stderr, signal } = await run(program);
  const [, steps] = /^(\d+) steps$/m.exec(stderr) ?? [];
  if (signal !== null || steps === undefined)
    throw new Error(`${program.script} did not end well: ${stderr}`);
  return Number(steps);
}

/** Runs a script and kills it just before a step, from 0; false if it ended before that. */
export async function killAt(step: number, program: Program): Promise<boolean> {
  const { signal } = await run({ ...program, env: { ...program.env, KILL_AT: String(step) } });
  return signal === "SIGKILL";
}

/** Spreads `count` steps evenly over `steps`, the first and the last among them. */
export function spread(count: number, steps: number): number[] {
  return Array.from({ length: count }, (_, n) => Math.round((n * (steps - 1)) / (count - 1)));
}

async function run({ script, args = [], cwd, env }: Program) {
  const child = spawn(process.execPath, ["--import", KILL_AT, script, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const [stderr, [, signal]] = await Promise.all([
    text(child.stderr),
    once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  return { stderr, signal };
}
