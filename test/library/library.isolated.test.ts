import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as rolecall from "../../src/index.ts";
import { runCli } from "../helpers/run-cli.ts";

describe("the analyzer as a library", () => {
  let history: rolecall.History;
  beforeAll(async () => {
    history = await rolecall.openHistory({ demo: true });
  });
  afterAll(() => history.close());

  it("spend is what the command prints, in dollars", async () => {
    const { out } = await runCli(["spend", "--demo", "--by", "model,day", "--json"]);
    const answer = JSON.parse(out) as { total: { costUsd: number; requests: number }; rows: object[] };
    const { rows, total } = rolecall.spend(history, { by: ["model", "day"] });
    expect(total).toMatchObject({ costUsd: answer.total.costUsd, requests: answer.total.requests });
    expect(rows).toHaveLength(answer.rows.length);
    expect(total).not.toHaveProperty("costNano");
  });

  it("savings is what the command prints, projections included", async () => {
    const { out } = await runCli(["savings", "--demo", "--json"]);
    const answer = JSON.parse(out) as Record<string, number> & { projection: { monthUsd: number } };
    const { alwaysOpusUsd, savingsUsd, projection } = rolecall.savings(history, { since: "30d" });
    expect(alwaysOpusUsd).toBe(answer["alwaysOpusUsd"]);
    expect(savingsUsd).toBe(answer["savingsUsd"]);
    expect(projection.spend.month.midUsd).toBe(answer.projection.monthUsd);
  });

  it("whatIf is what savings --what-if prints", async () => {
    const { out } = await runCli([
      "savings",
      "--demo",
      "--json",
      "--what-if",
      "code-reviewer=haiku",
      "--all-opus",
    ]);
    const { whatIf: printed } = JSON.parse(out) as { whatIf: { actualUsd: number; costUsd: number } };
    const options = { changes: ["code-reviewer=haiku"], allOpus: true, since: "30d" };
    const { actualUsd, costUsd, roles } = rolecall.whatIf(history, options);
    expect([actualUsd, costUsd]).toEqual([printed.actualUsd, printed.costUsd]);
    expect(roles.length).toBeGreaterThan(1);
    expect(() => rolecall.whatIf(history, { changes: ["nobody=haiku"] })).toThrow("nobody");
  });

  it("tasks come one by one, with evidence and bills in dollars", async () => {
    const found = [];
    for await (const task of rolecall.tasks(history)) found.push(task);
    expect(found.length).toBeGreaterThan(50);
    const cost = found.reduce((sum, { costUsd }) => sum + costUsd, 0);
    const bills = found.flatMap((task) => task.bills).reduce((sum, { costUsd = 0 }) => sum + costUsd, 0);
    expect(bills).toBeCloseTo(cost, 6);
    expect(found.every(({ evidence }) => evidence.every(({ why }) => why !== ""))).toBe(true);
  });

  it("the Sonnet and Opus panel has the numbers of fallbacks", () => {
    const panel = rolecall.sonnetOpusFallback(history, { since: "30d" });
    expect(panel.calls).toBeGreaterThan(100);
    expect(panel.savingsUsd).toBeCloseTo(panel.alwaysOpusUsd - panel.actualUsd, 9);
  });

  it("an invalid day or zone is refused with what to write", () => {
    expect(() => rolecall.spend(history, { since: "tuesday" })).toThrow('since: invalid date "tuesday"');
    expect(() => rolecall.spend(history, { timezone: "Mars/Base" })).toThrow('unknown time zone "Mars/Base"');
  });

  it("a closed history cannot be used", async () => {
    const other = await rolecall.openHistory({ demo: true });
    other.close();
    expect(() => rolecall.spend(other)).toThrow("the history is closed");
  });
});
