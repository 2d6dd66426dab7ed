import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { rolecall } from "../helpers/spend-process.ts";

const CASES = join(import.meta.dirname, "../../fixtures/field-cases");

/** A configuration folder made after a public report, with answers that were verified by hand. */
interface FieldCase {
  right: string;
  answers: { args: string[]; want: object }[];
}

interface Answer {
  groups?: { by: string }[];
}

/** How work is labelled is another matter. */
function withRolesOnly(answer: Answer): Answer {
  const { groups } = answer;
  return groups ? { ...answer, groups: groups.filter(({ by }) => by === "role") } : answer;
}

const cases = readdirSync(CASES).map((name) => {
  const file = JSON.parse(readFileSync(join(CASES, name, "expected.json"), "utf8")) as FieldCase;
  return { name, ...file };
});

describe("what people reported of real transcripts", () => {
  it.each(cases)("$name: $right", async ({ name, answers }) => {
    const places = { roots: [join(CASES, name)], db: ":memory:" };
    for (const { args, want } of answers) {
      const run = await rolecall([...args, "--json"], places);
      expect(run.exit).toBe(0);
      expect(withRolesOnly(JSON.parse(run.out) as Answer)).toMatchObject(want);
    }
  });

  it("k16-patterns-as-csv: each place has its own cost, and the column adds up to the finding", async () => {
    const places = { roots: [join(CASES, "k16-patterns-as-csv")], db: ":memory:" };
    const [csv, json] = await Promise.all(
      ["--csv", "--json"].map((form) => rolecall(["patterns", "--since", "2025-01-01", form], places)),
    );
    const rows = csv?.out.trim().split("\n").slice(1) ?? [];
    expect(rows.map((row) => Number(row.split(",")[2]))).toEqual([0.5865575, 0.5808075, 0.5750575]);
    const { findings } = JSON.parse(json?.out ?? "") as { findings: { costUsd: number }[] };
    expect(findings).toMatchObject([{ costUsd: 1.7424225 }]);
  });
});
