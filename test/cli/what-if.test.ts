import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";
import { writeTree } from "../helpers/tree.ts";

interface Success {
  accepted: number;
  known: number;
  value: number | null;
}

interface WhatIfAnswer {
  whatIf: {
    asked: string[];
    actualUsd: number;
    costUsd: number;
    savingsUsd: number;
    restUsd: number;
    roles: {
      role: string;
      from: string[];
      to: { model: string; effort: string | null };
      tasks: number;
      actualUsd: number;
      costUsd: number;
      success: Success;
      successThere: Success | null;
    }[];
  };
}

interface Savings {
  actualUsd: number;
  scenarios: { name: string; usd: number }[];
}

const ask = async (...words: string[]) =>
  JSON.parse((await runCli(["savings", "--demo", "--json", ...words])).out) as WhatIfAnswer;
const savings = async () =>
  JSON.parse((await runCli(["savings", "--demo", "--json"])).out) as Savings & {
    scenarios: Savings["scenarios"];
  };
const scenario = async (name: string) =>
  (await savings()).scenarios.find((one) => one.name === name)?.usd ?? Number.NaN;

const cost = (row: string[] | undefined) => Number(row?.[5]);

describe("savings --what-if", () => {
  it("on all Opus is the scenario always-opus, to the cent", async () => {
    const { whatIf } = await ask("--all-opus");
    expect(whatIf.costUsd).toBeCloseTo(await scenario("always-opus"), 6);
    expect(whatIf.roles.map(({ to }) => to.model)).toEqual(whatIf.roles.map(() => "opus"));
  });

  it("under the policy of the project is the scenario policy", async () => {
    const file = join(writeTree({ "other.yaml": "version: 1\n" }), "other.yaml");
    const { whatIf } = await ask("--policy", file);
    expect(whatIf.costUsd).toBeCloseTo(await scenario("policy"), 6);
    expect(await ask("--what-if", file)).toEqual({ ...(await ask("--policy", file)) });
  });

  it("changes only the roles that are named, and adds up", async () => {
    const { whatIf } = await ask("--what-if", "reviewer=haiku", "--what-if", "test-writer=opus");
    expect(whatIf.roles.map(({ role }) => role).sort()).toEqual(["reviewer", "test-writer"]);
    const sum = (key: "actualUsd" | "costUsd") => whatIf.roles.reduce((all, row) => all + row[key], 0);
    expect(whatIf.restUsd + sum("actualUsd")).toBeCloseTo(whatIf.actualUsd, 6);
    expect(whatIf.restUsd + sum("costUsd")).toBeCloseTo(whatIf.costUsd, 6);
    expect(whatIf.actualUsd).toBeCloseTo((await savings()).actualUsd, 6);
    expect(whatIf.roles[0]?.role).toBe("reviewer"); // the largest saving first
    expect(whatIf.roles[1]?.costUsd).toBeGreaterThan(whatIf.roles[1]?.actualUsd ?? 0);
  });

  it("takes an agent type for its role, and a model that runs already changes nothing", async () => {
    const { whatIf } = await ask("--what-if", "code-reviewer=sonnet");
    expect(whatIf.roles).toMatchObject([{ role: "reviewer", to: { model: "sonnet", effort: null } }]);
    const same = await ask("--what-if", "test-writer=sonnet");
    expect(same.whatIf.savingsUsd).toBeCloseTo(0, 9);
  });

  it("knows the success of what a role ran on, and of nothing else", async () => {
    const known = await ask("--what-if", "reviewer=sonnet");
    const { groups } = JSON.parse((await runCli(["roles", "--demo", "--json"])).out) as {
      groups: { by: string; name: string; models: { model: string; known: number; accepted: number }[] }[];
    };
    const reviewer = groups.find(({ by, name }) => by === "role" && name === "reviewer");
    const cell = reviewer?.models.find(({ model }) => model === "claude-sonnet-5-5");
    expect(known.whatIf.roles[0]?.successThere).toMatchObject({
      accepted: cell?.accepted,
      known: cell?.known,
    });
    const unknown = await ask("--what-if", "reviewer=haiku");
    expect(unknown.whatIf.roles[0]?.successThere).toBeNull();
    expect((await runCli(["savings", "--demo", "--what-if", "reviewer=haiku"])).out).toContain("not known");
  });

  it("prices a model of one's own price file", async () => {
    const prices = join(writeTree({}), "prices.yaml");
    writeFileSync(
      prices,
      "models:\n  claude-haiku-9:\n    family: haiku\n    input: 0.000001\n    output: 0.000001\n",
    );
    const { whatIf } = await ask("--prices", prices, "--what-if", "reviewer=claude-haiku-9@low");
    expect(whatIf.roles).toMatchObject([{ to: { model: "claude-haiku-9", effort: "low" } }]);
    expect(whatIf.roles[0]?.costUsd).toBeLessThan(0.001);
  });

  it("answers spreadsheets with a total that adds up", async () => {
    const { out } = await runCli(["savings", "--demo", "--csv", "--what-if", "reviewer=haiku"]);
    const rows = out
      .trimEnd()
      .split("\r\n")
      .slice(1)
      .map((row) => row.split(","));
    expect(rows.map(([role]) => role)).toEqual(["reviewer", "everything else", "total"]);
    expect(cost(rows[0]) + cost(rows[1])).toBeCloseTo(cost(rows[2]), 6);
  });

  it.each([
    [["--what-if", "nope=haiku"], '--what-if: unknown role "nope"'],
    [["--what-if", "reviewer=haku"], '--what-if: unknown model "haku"'],
    [["--what-if", "reviewer=opusplan"], '--what-if: unknown model "opusplan"'],
    [["--what-if", "reviewer=haiku@lots"], '--what-if: unknown effort "lots"'],
    [["--what-if", "=haiku"], '--what-if: invalid change "=haiku"'],
    [["--what-if", "nowhere.yaml"], '--what-if: no such file "nowhere.yaml"'],
    [["--policy", "nowhere.yaml"], '--policy: no such file "nowhere.yaml"'],
  ])("%j is a mistake that is named for what it is", async (words, said) => {
    const { err, exit } = await runCli(["savings", "--demo", ...words]);
    expect({ err: err.split("\n")[0], exit }).toEqual({ err: `rolecall: ${said}`, exit: 2 });
  });
});
