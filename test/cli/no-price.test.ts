import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { answer, MODEL } from "../helpers/lines.ts";
import { rolecall } from "../helpers/spend-process.ts";
import { temporaryFolder } from "../helpers/spend.ts";

function homeWith(...lines: readonly string[]): { roots: string[]; db: string } {
  const home = temporaryFolder();
  const folder = join(home, "projects/-home-dev-shop");
  mkdirSync(folder, { recursive: true });
  const prompt = { type: "user", uuid: "p", sessionId: "s", message: { role: "user", content: "Go." } };
  const first = JSON.stringify({ ...prompt, timestamp: "2026-11-01T00:00:00.000Z" });
  writeFileSync(join(folder, "s.jsonl"), [first, ...lines].map((line) => `${line}\n`).join(""));
  return { roots: [home], db: ":memory:" };
}

const unknown = (id: number) => answer(id).replace(MODEL, "claude-nova-9");

describe("a model without a known price", () => {
  it.each([
    ["spend", "--all"],
    ["sessions", "--all"],
    ["session", "s"],
    ["session", "s", "--goals"],
    ["blocks", "--all"],
    ["savings", "--all"],
    ["fallbacks", "--all"],
    ["overview", "--all"],
  ])("does not cost $0.00 in %s", async (...args) => {
    const { out, exit } = await rolecall(args, homeWith(unknown(1), unknown(2)));
    expect(exit).toBe(0);
    expect(out).not.toContain("$0.00");
    expect(out).toMatch(/no price|No request has a known price/);
  });

  it("is null in JSON and no number in CSV", async () => {
    const places = homeWith(unknown(1));
    const [json, csv] = await Promise.all(
      ["--json", "--csv"].map((form) => rolecall(["spend", "--all", form], places)),
    );
    expect(JSON.parse(json?.out ?? "")).toMatchObject({
      rows: [{ costUsd: null }],
      total: { costUsd: null },
    });
    expect(csv?.out.trim().split("\n").at(-1)).toMatch(/,no price$/);
  });

  it("leaves the total of the other models", async () => {
    const { out } = await rolecall(["spend", "--all", "--json"], homeWith(unknown(1), answer(2)));
    expect(JSON.parse(out)).toMatchObject({
      rows: [{ costUsd: 0.00052 }, { costUsd: null }],
      total: { requests: 2, costUsd: 0.00052 },
    });
  });
});

describe("a time that no calendar shows", () => {
  it.each(["+275760-09-13T00:00:00.000Z", "-000001-01-01T00:00:00.000Z"])(
    "%s is counted as unreadable",
    async (time) => {
      const odd = answer(1).replace(/"timestamp":"[^"]+"/, `"timestamp":"${time}"`);
      const { out, err, exit } = await rolecall(["blocks", "--all", "--json"], homeWith(odd, answer(2)));
      expect(exit).toBe(0);
      expect(err).toContain("1 line could not be parsed");
      expect(JSON.parse(out)).toMatchObject({ blocks: [{ requests: 1 }] });
    },
  );
});
