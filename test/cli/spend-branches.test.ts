import { describe, expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";

interface BranchRow {
  key: { branch: string };
  sessions: number;
  agentRuns: number;
  activeDays: number;
  tasks: number;
  outcomes: Record<string, number>;
  successRate: { value: number | null };
  costUsd: number;
}

const json = async <T>(...words: string[]): Promise<T> =>
  JSON.parse((await runCli([...words, "--demo", "--json", "--all"])).out) as T;

const table = async (by: string) => (await runCli(["spend", "--demo", "--by", by], { columns: 160 })).out;

describe("spend --by branch", () => {
  it("counts sessions, agents, days and tasks as the other reports do", async () => {
    const { rows } = await json<{ rows: BranchRow[] }>("spend", "--by", "branch");
    expect(rows.length).toBeGreaterThan(1);
    const { tiers } = await json<{ tiers: { started: number }[] }>("fallbacks");
    const sum = (pick: (row: BranchRow) => number) => rows.reduce((all, row) => all + pick(row), 0);
    expect(sum(({ tasks }) => tasks)).toBe(tiers.reduce((all, { started }) => all + started, 0));
    for (const { tasks, outcomes, successRate } of rows) {
      const { unknown = 0, accepted = 0 } = outcomes;
      expect(Object.values(outcomes).reduce((all, count) => all + count, 0)).toBe(tasks);
      expect(successRate.value ?? 0).toBeCloseTo(accepted / Math.max(1, tasks - unknown), 5);
    }
    const bySession = await json<{ rows: { key: { branch: string; session: string } }[] }>(
      "spend",
      "--by",
      "branch,session",
    );
    const byDay = await json<{ rows: { key: { branch: string } }[] }>("spend", "--by", "branch,day");
    for (const { key, sessions, activeDays } of rows) {
      expect(sessions).toBe(bySession.rows.filter((row) => row.key.branch === key.branch).length);
      expect(activeDays).toBe(byDay.rows.filter((row) => row.key.branch === key.branch).length);
    }
  });

  it("shows them in the table, and only where branches are the breakdown", async () => {
    for (const title of ["Project", "Sessions", "Agents", "Days", "Tasks", "Success"]) {
      expect(await table("branch")).toContain(title);
      expect(await table("branch,model")).not.toContain(title);
    }
  });
});

describe("spend --chart", () => {
  it("draws a bar for each row on a terminal, within its width", async () => {
    for (const columns of [60, 120]) {
      const { out } = await runCli(["spend", "--demo", "--by", "day", "--chart"], { columns });
      expect(out).toMatch(/^2026-11-20 +\$\d+\.\d\d {2}█+/m);
      expect(out.split("\n").every((line) => line.length <= columns)).toBe(true);
    }
  });

  it("draws none in a pipe, and ASCII where the locale has no more", async () => {
    const words = ["spend", "--demo", "--by", "day", "--chart"];
    expect((await runCli(words)).out).not.toMatch(/[█▏▎▍▌▋▊▉]/);
    const { out } = await runCli(words, { columns: 100, env: { LC_ALL: "POSIX" } });
    expect(out).toMatch(/^2026-11-20 +\$\d+\.\d\d {2}#+$/m);
  });
});
