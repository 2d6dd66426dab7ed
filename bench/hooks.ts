import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { median } from "./measure.ts";

const SAMPLES = join(import.meta.dirname, "../fixtures/client-samples");

/** What Claude Code runs, with a captured stdin. */
const CASES: Readonly<Record<string, readonly [words: readonly string[], sample: string]>> = {
  "hook PreToolUse, an agent call": [["hook", "PreToolUse"], "hooks/PreToolUse-Agent.json"],
  "hook PostToolUse, a command": [["hook", "PostToolUse"], "hooks/PostToolUse-Bash.json"],
  "hook PostToolUseFailure, a test run": [
    ["hook", "PostToolUseFailure"],
    "hooks/PostToolUseFailure-Bash.json",
  ],
  "hook PreModelSwitch": [["hook", "PreModelSwitch"], "hooks/PreModelSwitch-command-opus.json"],
  "hook SessionStart": [["hook", "SessionStart"], "hooks/SessionStart-startup.json"],
  "hook UserPromptSubmit": [["hook", "UserPromptSubmit"], "hooks/UserPromptSubmit.json"],
  statusline: [["statusline"], "statusline/07-context-over-200k.json"],
};

/** Times hooks and the status line in a project that has them, in turn with a start of Node. Prints what they take beyond that. */
export function measureHooks(bin: string, scratch: string, runs: number): void {
  const folder = mkdtempSync(join(scratch, "hooks-"));
  const env = {
    PATH: process.env["PATH"],
    HOME: folder,
    CLAUDE_CONFIG_DIR: join(folder, ".claude"),
    // The commands are timed, and not the process that they start in the background.
    ROLECALL_DB: join(folder, "rolecall.db"),
  };
  try {
    writeFileSync(join(folder, "rolecall.yaml"), "version: 1\nverify: npm test\n");
    const init = [bin, "init", "--hooks", "--statusline", "--yes"];
    execFileSync(process.execPath, init, { cwd: folder, env, stdio: "ignore" });
    const times = new Map<string, number[]>([["node", []]]);
    for (let turn = 0; turn <= runs; turn++) {
      times.get("node")?.push(timeOf(["-e", "0"], "", env));
      for (const [name, [words, sample]] of Object.entries(CASES)) {
        const text = readFileSync(join(SAMPLES, sample), "utf8");
        const stdin = text
          .replaceAll("/home/dev/shop-api", folder)
          .replaceAll("m-haiku", "Explore")
          .replace("exit 3", "npm test");
        const list = times.get(name) ?? [];
        list.push(timeOf([bin, ...words], stdin, env));
        times.set(name, list);
      }
    }
    print(times);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function timeOf(args: readonly string[], input: string, env: NodeJS.ProcessEnv): number {
  const started = performance.now();
  const { status } = spawnSync(process.execPath, args, { env, input });
  if (status !== 0) throw new Error(`${args.join(" ")} ended with exit code ${String(status)}`);
  return performance.now() - started;
}

/** The first run of each is not counted. */
function print(times: ReadonlyMap<string, readonly number[]>): void {
  const node = times.get("node")?.slice(1) ?? [];
  console.log(`\n${"Beyond a start of Node".padEnd(38)}   median     99 %`);
  for (const [name, list] of times) {
    const beyond = list.slice(1).map((ms, index) => ms - (node[index] ?? 0));
    const [middle, high] = [median(beyond), highest(beyond)];
    if (name === "node") console.log(`${name.padEnd(38)} ${ms(median(node))} ${ms(highest(node))}  (whole)`);
    else console.log(`${name.padEnd(38)} ${ms(middle)} ${ms(high)}`);
  }
}

/** The 99th percentile; the largest of fewer than a hundred. */
function highest(list: readonly number[]): number {
  const sorted = list.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * 0.99) - 1)] ?? Number.NaN;
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`.padStart(8);
}
