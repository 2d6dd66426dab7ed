import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";

const BIN = join(import.meta.dirname, "../../src/cli/bin.ts");
const DEMO = join(import.meta.dirname, "../../fixtures/demo");

/** The words that complete a command line; its last word is being typed. */
async function completions(line: string): Promise<string[]> {
  const { out } = await runCli(["__complete", ...line.split(" ")]);
  return out
    .split("\n")
    .filter(Boolean)
    .map((row) => row.split("\t")[0] ?? "");
}

beforeAll(async () => {
  await runCli(["spend", "--claude-dir", DEMO]);
});

describe("completion knows", () => {
  it("commands, options, and values that an option lists", async () => {
    expect(await completions("sp")).toEqual(["spend"]);
    expect(await completions("spend --recon")).toEqual(["--reconcile"]);
    expect(await completions("spend --by mo")).toEqual(["model", "month"]);
    expect(await completions("spend --by=mo")).toEqual(["--by=model", "--by=month"]);
    expect(await completions("spend --by = mo")).toEqual(["model", "month"]);
    expect(await completions("spend --by day,mo")).toEqual(["day,model", "day,month"]);
    expect(await completions("sessions --sort c")).toEqual(["cost"]);
    expect(await completions("outcome 92f4821c g")).toEqual(["good"]);
  });

  it("projects, models, roles, agents, branches and recent sessions", async () => {
    expect(await completions("spend --project ")).toEqual(["shop-api", "ledger", "landing"]);
    expect(await completions("spend --model son")).toEqual(["sonnet"]);
    expect(await completions("spend --role rev")).toEqual(["reviewer"]);
    expect(await completions("agents --agent code-")).toEqual(["code-reviewer"]);
    expect(await completions("session 92f4")).toEqual(["92f4821c"]);
    expect(await completions("explain plan")).toContain("planner");
  });

  it("nothing that a shell would run, and nothing without a store", async () => {
    const folder = mkdtempSync(join(tmpdir(), "rolecall-completion-"));
    const project = join(folder, "projects/-tmp-a");
    mkdirSync(project, { recursive: true });
    const line = {
      type: "assistant",
      sessionId: "aaaaaaaa-0000-4000-8000-000000000000",
      uuid: "u",
      requestId: "r",
      timestamp: "2026-11-20T10:00:00.000Z",
      cwd: "/tmp/a;reboot",
      gitBranch: "$(reboot)",
      version: "2.1.329",
      message: {
        id: "m",
        role: "assistant",
        model: "claude-opus-5-5",
        content: [],
        usage: { input_tokens: 1, output_tokens: 1 },
      },
    };
    writeFileSync(join(project, "aaaaaaaa-0000-4000-8000-000000000000.jsonl"), `${JSON.stringify(line)}\n`);
    const db = join(folder, "db");
    expect(await completions(`spend --db ${db} --project `)).toEqual([]);
    await runCli(["spend", "--claude-dir", folder, "--db", db, "--since", "2020-01-01"]);
    expect(await completions(`spend --db ${db} --project `)).toEqual([]);
    expect(await completions(`why --db ${db} --branch `)).toEqual([]);
    expect(await completions(`session --db ${db} aaa`)).toEqual(["aaaaaaaa"]);
  });
});

/** Makes a folder with a program `rolecall`, and returns the environment that finds it. */
function withRolecall(): NodeJS.ProcessEnv {
  const folder = mkdtempSync(join(tmpdir(), "rolecall-bin-"));
  writeFileSync(join(folder, "rolecall"), `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`);
  chmodSync(join(folder, "rolecall"), 0o755);
  return { ...process.env, PATH: `${folder}:${process.env["PATH"]}` };
}

function has(shell: string): boolean {
  return spawnSync(shell, ["--version"]).status === 0;
}

/** Presses Tab in bash after these words, and prints what it offers. */
function press(...words: string[]): string {
  return `COMP_WORDS=(rolecall ${words.join(" ")}); COMP_CWORD=${words.length}; _rolecall_complete; echo "\${COMPREPLY[*]}"`;
}

describe("the script for", () => {
  it.skipIf(!has("bash"))("bash completes the word at the cursor", () => {
    const lines = [
      'eval "$(rolecall completion bash)"',
      press("sess"),
      press("spend", "--by", "=", "mo"),
      press("spend", "--project", "shop"),
      press("session", "92f4"),
      "complete -p rolecall",
    ];
    const out = execFileSync("bash", ["--norc", "-c", lines.join("\n")], {
      encoding: "utf8",
      env: withRolecall(),
    });
    expect(out.trimEnd().split("\n")).toEqual([
      "session",
      "model month",
      "shop-api",
      "92f4821c",
      "complete -o default -F _rolecall_complete rolecall",
    ]);
  });

  it.skipIf(!has("zsh"))("zsh offers words with their meaning", () => {
    const script = [
      "compdef() { :; }",
      '_describe() { print -l -- "${(@P)2}"; }',
      'eval "$(rolecall completion zsh)"',
      "words=(rolecall sess); CURRENT=2; _rolecall",
    ];
    const out = execFileSync("zsh", ["-f", "-c", script.join("\n")], {
      encoding: "utf8",
      env: withRolecall(),
    });
    expect(out).toMatch(/^sessions:List sessions .*\nsession:Show one session /);
  });

  it.skipIf(!has("fish"))("fish completes the word at the cursor", () => {
    const script = 'rolecall completion fish | source; complete -C "rolecall spend --by mo"';
    const out = execFileSync("fish", ["--no-config", "-c", script], {
      encoding: "utf8",
      env: withRolecall(),
    });
    expect(out.trimEnd().split("\n")).toEqual(["model", "month"]);
  });

  it("another shell is refused", async () => {
    expect(await runCli(["completion", "tcsh"])).toMatchObject({
      exit: 2,
      err: 'rolecall: completion: unknown shell "tcsh"\n  Expected one of bash, zsh, fish.\n  Try rolecall completion --help.\n',
    });
  });
});
