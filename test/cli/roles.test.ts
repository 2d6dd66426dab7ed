import { describe, expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";

interface Cell {
  model: string;
  effort: string | null;
  tasks: number;
  known: number;
  accepted: number;
  costUsd: number;
}

interface Answer {
  groups: { by: string; name: string; agent: string | null; recommendation: string | null; models: Cell[] }[];
}

const json = async <T>(line: string): Promise<T> =>
  JSON.parse((await runCli([...line.split(" "), "--demo", "--json"])).out) as T;

describe("rolecall roles", () => {
  it("counts the tasks that fallbacks counts, once in each grouping", async () => {
    const { tiers } = await json<{ tiers: { started: number }[] }>("fallbacks");
    const started = tiers.reduce((sum, tier) => sum + tier.started, 0);
    for (const by of ["role", "category", "complexity"]) {
      const { groups } = await json<Answer>(`roles --by ${by}`);
      expect(new Set(groups.map((group) => group.by))).toEqual(new Set([by]));
      const cells = groups.flatMap(({ models }) => models);
      expect(cells.reduce((sum, { tasks }) => sum + tasks, 0)).toBe(started);
    }
  });

  it("holds the evidence of what recommend lists, and names it", async () => {
    const { groups } = await json<Answer>("roles");
    const { recommendations } = await json<{
      recommendations: {
        id: string;
        subject: { agent: string };
        current: { model: string; effort?: string } | null;
        evidence: { current: { accepted: number; known: number } };
      }[];
    }>("recommend");
    const moves = recommendations.filter(({ current }) => current !== null);
    expect(moves.length).toBeGreaterThan(0);
    for (const { id, subject, current, evidence } of moves) {
      const group = groups.find(({ agent }) => agent === subject.agent);
      expect(group?.recommendation).toBe(id);
      expect(group?.models).toContainEqual(
        expect.objectContaining({
          model: current?.model,
          effort: current?.effort ?? null,
          ...evidence.current,
        }),
      );
    }
  });

  it("shows declared and served models with --agents, under the earlier name as well", async () => {
    const { out } = await runCli(["roles", "--demo", "--agents"]);
    expect(out).toContain("Declared");
    expect((await runCli(["agents", "--demo"])).out).toBe(out);
    expect((await runCli(["--help"], { columns: 80 })).out).not.toContain("rolecall agents");
  });

  it("names what can be grouped by", async () => {
    const { err, exit } = await runCli(["roles", "--demo", "--by", "size"]);
    expect(exit).toBe(2);
    expect(err).toContain('--by: unknown field "size"');
    expect(err).toContain("Expected one of role, category, complexity.");
  });

  it("explains each column on request", async () => {
    const { out } = await runCli(["roles", "--demo", "--explain"]);
    for (const word of ["per accepted", "one tier up", "trend", "verdict"]) expect(out).toContain(word);
  });
});
