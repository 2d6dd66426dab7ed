import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { writeSession } from "../helpers/one-request.ts";
import { runCli } from "../helpers/run-cli.ts";

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
    writeSession(folder, "aaaaaaaa-0000-4000-8000-000000000000", {
      cwd: "/tmp/a;reboot",
      gitBranch: "$(reboot)",
    });
    const db = join(folder, "db");
    expect(await completions(`spend --db ${db} --project `)).toEqual([]);
    await runCli(["spend", "--claude-dir", folder, "--db", db, "--since", "2020-01-01"]);
    expect(await completions(`spend --db ${db} --project `)).toEqual([]);
    expect(await completions(`why --db ${db} --branch `)).toEqual([]);
    expect(await completions(`session --db ${db} aaa`)).toEqual(["aaaaaaaa"]);
  });

  it("a script for bash, zsh and fish, and for no other shell", async () => {
    expect(await runCli(["completion", "tcsh"])).toMatchObject({
      exit: 2,
      err: 'rolecall: completion: unknown shell "tcsh"\n  Expected one of bash, zsh, fish.\n  Try rolecall completion --help.\n',
    });
  });
});
