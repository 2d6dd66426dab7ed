import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { OpenedStore } from "../../src/store/open.ts";
import {
  byAgent,
  byModel,
  bySession,
  ingested,
  lineCounts,
  type Spent,
  spentBy,
  type SpentKey,
} from "../helpers/spend.ts";

const HOMES = join(import.meta.dirname, "../../fixtures/claude-home");

interface Expected {
  byModel: Record<string, Spent>;
  requestsBySession?: Record<string, number>;
  requestsByAgent?: Record<string, number>;
  requestsByDay?: Record<string, number>;
  /** `lines` in all, and diagnostics by code. */
  lines: Record<string, number>;
}

const traps = readdirSync(HOMES).map((trap) => ({
  trap: trap.replaceAll("-", " "),
  folder: join(HOMES, trap),
  expected: JSON.parse(readFileSync(join(HOMES, trap, "expected.json"), "utf8")) as Expected,
}));

const requestsBy = (store: OpenedStore, keyOf: (values: SpentKey, day: string) => string) =>
  Object.fromEntries(Object.entries(spentBy(store, keyOf)).map(([key, { requests }]) => [key, requests]));

describe("what misleads a counter", () => {
  it.each(traps)("$trap: requests, tokens and dollars are exact", async ({ folder, expected }) => {
    expect(spentBy(await ingested(folder), byModel)).toEqual(expected.byModel);
  });

  it.each(traps.filter(({ expected }) => expected.requestsBySession))(
    "$trap: each request belongs to the session that made it",
    async ({ folder, expected }) => {
      expect(requestsBy(await ingested(folder), bySession)).toEqual(expected.requestsBySession);
    },
  );

  it.each(traps.filter(({ expected }) => expected.requestsByAgent))(
    "$trap: each request belongs to the agent that made it",
    async ({ folder, expected }) => {
      expect(requestsBy(await ingested(folder), byAgent)).toEqual(expected.requestsByAgent);
    },
  );

  it.each(traps.filter(({ expected }) => expected.requestsByDay))(
    "$trap: each request belongs to the day on which it began",
    async ({ folder, expected }) => {
      expect(requestsBy(await ingested(folder), (_, day) => day)).toEqual(expected.requestsByDay);
    },
  );

  it.each(traps)("$trap: every line is understood, known or a diagnostic", async ({ folder, expected }) => {
    const { understood = 0, skipped = 0, ...diagnostics } = lineCounts(await ingested(folder));
    const { lines, ...codes } = expected.lines;
    expect(diagnostics).toEqual(codes);
    expect(Object.values(diagnostics).reduce((sum, count) => sum + count, understood + skipped)).toBe(lines);
  });
});
