import { describe, expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { DEMO_ROOT } from "../../src/history/workspace.ts";
import { writeTree } from "../helpers/tree.ts";

interface SessionAnswer {
  tasks: { kind: string; costUsd: number; causes: { id: string; usd: number }[] | null }[];
}

/** The demo as a history of one's own, whose store is kept. */
const home = () => {
  const folder = writeTree({});
  cpSync(join(DEMO_ROOT, "projects"), join(folder, "projects"), { recursive: true });
  return { env: { CLAUDE_CONFIG_DIR: folder, ROLECALL_DB: join(folder, "rolecall.db") } };
};

describe("rolecall session", () => {
  it("shows clock times, the tree of agents and where to ask why", async () => {
    const { out } = await runCli(["session", "fdf0f4ae", "--demo", "--timezone", "UTC"], { columns: 120 });
    expect(out).toMatch(/\d{4}-\d\d-\d\d \d\d:\d\d to \d\d:\d\d/);
    expect(out).toMatch(/^\d\d:\d\d {2}0 /m);
    expect(out).toContain("Why it cost that: rolecall why fdf0f4ae");
    expect(out).not.toContain("Mostly for");
  });

  it("says why each turn cost what it did once the ledger is built, and the causes add up", async () => {
    const place = home();
    const read = async () =>
      JSON.parse((await runCli(["session", "fdf0f4ae", "--json"], place)).out) as SessionAnswer;
    expect((await read()).tasks.every(({ causes }) => causes === null)).toBe(true);
    await runCli(["why", "fdf0f4ae"], place);
    const { tasks } = await read();
    const known = tasks.filter(({ costUsd }) => costUsd > 0);
    expect(known.length).toBeGreaterThan(0);
    for (const { causes, costUsd } of known)
      expect(causes?.reduce((sum, { usd }) => sum + usd, 0)).toBeCloseTo(costUsd, 6);
    const { out } = await runCli(["session", "fdf0f4ae"], { ...place, columns: 160 });
    expect(out).toMatch(/Mostly for/);
    expect(out).toMatch(/(?:read again|written again|new content|output) \d+% \(/);
  });
});
