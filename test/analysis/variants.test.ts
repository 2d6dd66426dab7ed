import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { findPatterns } from "../../src/analysis/patterns/index.ts";
import type { SessionAnalysis } from "../../src/analysis/outcomes/session.ts";
import { createModelTable } from "../../src/models/resolve.ts";
import { analyzeFolder } from "../helpers/analyses.ts";
import { rolecall } from "../helpers/spend-process.ts";
import { temporaryFolder } from "../helpers/spend.ts";
import { writeTaskScript } from "../helpers/task-script.ts";

const SCRIPTS = join(import.meta.dirname, "../../fixtures/variants");

/** Sessions of fixtures/variants by the name that their script gives them. */
let sessions: ReadonlyMap<string, SessionAnalysis>;
const roots = new Map<string, string>();

beforeAll(async () => {
  const found = new Map<string, SessionAnalysis>();
  for (const file of globSync("*.tasks", { cwd: SCRIPTS })) {
    const script = readFileSync(join(SCRIPTS, file), "utf8");
    const root = temporaryFolder();
    const labels = writeTaskScript(script, basename(file, ".tasks"), root);
    const names = [...script.matchAll(/^session (\S+)/gm)].map(([, name = ""]) => name);
    const ids = [...new Set(labels.map(({ session }) => session))];
    const analyses = await analyzeFolder(root);
    names.forEach((name, index) => {
      const own = analyses.find(({ session }) => session === ids[index]);
      if (own) found.set(name, own);
    });
    roots.set(basename(file, ".tasks"), root);
  }
  sessions = found;
});

function named(part: string): [string, SessionAnalysis][] {
  return [...sessions].filter(([name]) => name.startsWith(part));
}

/** Names of the sessions in which a pattern is found. */
function placesOf(kind: "circular-fixing" | "opus-hammer", part: string): string[] {
  return named(part).flatMap(([name, analysis]) => {
    // A finding needs three places: one session stands three times.
    const analyses = [0, 1, 2].map(() => analysis);
    const tasks = analyses.flatMap((one) => one.tasks);
    const findings = findPatterns({ analyses, tasks, models: createModelTable() });
    return findings.some((finding) => finding.kind === kind) ? [name] : [];
  });
}

const namesOf = (part: string): string[] => named(part).map(([name]) => name);

describe("ten test runners each", () => {
  it("output that is read in parts, and a stash that is popped, are no loops", () => {
    expect(named("straight-")).toHaveLength(10);
    expect(placesOf("circular-fixing", "straight-")).toEqual([]);
  });

  it("edits that come and go while the check stays red are loops", () =>
    expect(placesOf("circular-fixing", "round-")).toEqual(namesOf("round-")));

  it("a tier half of whose tasks fail has one success rate, and is not praised", async () => {
    const root = roots.get("half-red") as string;
    const { out } = await rolecall(["fallbacks", "--all", "--json"], {
      roots: [root],
      db: join(temporaryFolder(), "rolecall.db"),
    });
    const { tiers, panel } = JSON.parse(out) as {
      tiers: { successRate: { value: number } }[];
      panel: { sonnetSuccessRate: number; recommendation: string };
    };
    expect(tiers.map(({ successRate }) => successRate.value)).toEqual([0.5]);
    expect(panel.sonnetSuccessRate).toBe(0.5);
    expect(panel.recommendation).not.toMatch(/excellent/i);
  });
});

describe("words of mechanical work", () => {
  it("make no question, review, bug or plan mechanical", () => {
    expect(named("talk-")).toHaveLength(10);
    expect(placesOf("opus-hammer", "talk-")).toEqual([]);
  });

  it("are mechanical where they are what was done", () =>
    expect(placesOf("opus-hammer", "mechanical-")).toEqual(namesOf("mechanical-")));
});
