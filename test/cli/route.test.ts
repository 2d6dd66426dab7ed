import { describe, expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";

const route = (...args: string[]) => runCli(["route", ...args]);

describe("rolecall route", () => {
  it("says where a prompt should start and why, without any history", async () => {
    const { out, exit } = await route("Fix the failing test");
    expect(exit).toBe(0);
    expect(out).toContain("sonnet (claude-sonnet-5-5), effort medium\n");
    expect(out).toContain("Work         generative, debugging; cost of errors: normal");
    expect(out).toContain("Decided by   the prompt");
  });

  it("an agent's assignment counts, and a red flag is above it", async () => {
    const plain = await route("Look at the login", "--agent", "reviewer", "--json");
    expect(JSON.parse(plain.out)).toMatchObject({ decision: { role: "reviewer", decidedBy: "policy" } });
    const flagged = await route("Find the race condition in the queue", "--agent", "implementer", "--json");
    expect(JSON.parse(flagged.out)).toMatchObject({
      command: "route",
      decision: { tier: "opus", decidedBy: "red flags" },
    });
  });

  it("an agent that the policy does not know is reported: it may be misspelt", async () => {
    const { out, exit } = await route("Look at the login", "--agent", "reviwer");
    expect([exit, out]).toEqual([0, expect.stringContaining("the policy has no role for the agent reviwer")]);
  });

  it("without a prompt it shows what history supports, and the curve if there is enough of it", async () => {
    const { out } = await route("--demo", "--curve", "--days", "365");
    expect(out).toContain("Role");
    expect(out).toContain("Everything on opus");
    expect(out).toMatch(/Area below the curve: \d\.\d\d \(random routing: 0\.50\)|nothing to route for/);
    const { out: json } = await route("--demo", "--curve", "--json", "--days", "365");
    const { units, curve } = JSON.parse(json) as {
      units: { cells: object[] }[];
      curve: { single: object[] };
    };
    expect(units[0]?.cells[0]).toMatchObject({ tier: expect.any(String), costUsd: expect.any(Number) });
    expect(curve.single.length).toBeGreaterThan(1);
  });

  it("too little history is said, and is not an error", async () => {
    const { out, exit } = await route("--curve");
    expect([exit, out]).toEqual([0, expect.stringContaining("Too few known outcomes for a curve")]);
  });
});
