import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";

interface Grouped {
  by: string;
  name: string;
  tasks: number;
}

const FIXTURES = join(import.meta.dirname, "../../fixtures");

describe("a task that one model declined and another answered", () => {
  const cases: [string, string, number, number][] = [
    ["claude-home/fallback-iterations", "fable", 0, 1],
    ["claude-home/fallback-iterations", "opus", 1, 0],
    ["field-cases/k8-one-refusal-said-twice", "fable", 0, 1],
    ["field-cases/k8-one-refusal-said-twice", "opus", 1, 0],
    ["claude-home/advisor-iteration", "opus", 0, 1],
    ["claude-home/advisor-iteration", "sonnet", 1, 0],
  ];

  it.each(cases)("counts once in every table: %s under --model %s", async (folder, model, tasks, rest) => {
    const answer = async <Answer>(command: string) => {
      const { out } = await runCli([command, "--all", "--model", model, "--json"], {
        env: { CLAUDE_CONFIG_DIR: join(FIXTURES, folder) },
      });
      return JSON.parse(out) as Answer;
    };
    const count = (groups: Grouped[]) =>
      groups.filter(({ by }) => by === "role").reduce((sum, group) => sum + group.tasks, 0);
    const { byTask } = await answer<{ byTask: Grouped[] }>("fallbacks");
    const roles = await answer<{ groups: Grouped[] }>("roles");
    const savings = await answer<{ groups: Grouped[] }>("savings");
    expect([byTask, roles.groups, savings.groups].map(count)).toEqual([tasks, tasks, tasks]);
    expect(savings.groups.filter(({ by, name }) => by === "role" && name === "no task")).toHaveLength(rest);
  });
});
