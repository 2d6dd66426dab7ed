import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { rolecall } from "../helpers/spend-process.ts";
import { temporaryFolder } from "../helpers/spend.ts";
import { type Measured, measure } from "./measure.ts";

const FIXTURES = join(import.meta.dirname, "../../fixtures");

/** Fixtures that this reader does not read as the product does, each with the reason. */
const DIFFERENT: Readonly<Record<string, string>> = {
  "e5b-year-one": "no period of a report reaches back to the year 1",
  "h3-provider-ids": "its price list knows plain ids, not the spellings of other providers",
};

/** Other histories to compare, separated by colons: HISTORIES=/path/to/.claude npm run test:slow test/independent */
const named = (process.env["HISTORIES"] ?? "").split(":").filter((folder) => folder !== "");

const homes = [
  join(FIXTURES, "demo"),
  ...["field-cases", "recordings"].flatMap((group) =>
    readdirSync(join(FIXTURES, group)).map((name) => join(FIXTURES, group, name)),
  ),
].filter(
  (home) => existsSync(join(home, "projects")) && !Object.keys(DIFFERENT).some((name) => home.endsWith(name)),
);

interface Spent {
  requests: number;
  costUsd: number | null;
}

const ALL = ["--since", "2000-01-01", "--timezone", "UTC"];

/** Asks the product for the same. */
async function askProduct(home: string): Promise<Measured> {
  const places = { roots: [home], db: join(temporaryFolder(), "store.db") };
  const ask = async <Answer>(...args: string[]): Promise<Answer> => {
    const run = await rolecall([...args, "--json"], places);
    expect(run.exit).toBe(0);
    return JSON.parse(run.out) as Answer;
  };
  type Rows = { rows: (Spent & { key: { model: string; thread: string } })[]; total: Spent };
  const { rows, total } = await ask<Rows>("spend", ...ALL, "--by", "model,thread");
  const sum = (of: readonly Spent[]) => ({
    requests: of.reduce((all, { requests }) => all + requests, 0),
    costUsd: of.reduce((all, { costUsd }) => all + (costUsd ?? 0), 0),
  });
  const { blocks } = await ask<{ blocks: (Spent & { startedAt: string })[] }>("blocks", ...ALL);
  const { alwaysOpusUsd } = await ask<{ alwaysOpusUsd: number }>("savings", ...ALL);
  type Findings = { findings: (Spent & { kind: string; times: number; evidence: Record<string, number> })[] };
  const { findings } = await ask<Findings>("patterns", ...ALL);
  const cold = findings.find(({ kind }) => kind === "cold-cache");
  const turns = await ask<{ rows: [number, number | null][] }>(
    "sql",
    "SELECT count(DISTINCT key), sum(cost) / 1e9 FROM task WHERE kind = 'turn' AND requests > 0",
  );
  const [count = 0, costUsd] = turns.rows[0] ?? [];
  return {
    requests: total.requests,
    costUsd: total.costUsd ?? 0,
    byModel: Object.fromEntries(
      [...Map.groupBy(rows, ({ key }) => key.model)].map(([model, of]) => [model, sum(of)]),
    ),
    agentRequests: sum(rows.filter(({ key }) => key.thread === "agent")).requests,
    turns: { count, costUsd: costUsd ?? 0 },
    blocks: blocks
      .map((block) => ({
        start: Date.parse(block.startedAt),
        requests: block.requests,
        costUsd: block.costUsd ?? 0,
      }))
      .toSorted((a, b) => a.start - b.start),
    cold: {
      times: cold?.times ?? 0,
      tokens: (cold?.evidence["tokensAfterPause"] ?? 0) + (cold?.evidence["hourWritesNeverRead"] ?? 0),
      costUsd: cold?.costUsd ?? 0,
    },
    alwaysOpusUsd,
  };
}

/** Returns the places where two values differ by more than sums of fractions do. */
function differences(product: unknown, own: unknown, place = ""): string[] {
  if (typeof product === "number" && typeof own === "number")
    return Math.abs(product - own) <= 1e-8 * (1 + Math.abs(own)) ? [] : [`${place}: ${product}, not ${own}`];
  if (typeof product !== "object" || product === null || typeof own !== "object" || own === null)
    return product === own ? [] : [`${place}: ${JSON.stringify(product)}, not ${JSON.stringify(own)}`];
  const [left, right] = [product as Record<string, unknown>, own as Record<string, unknown>];
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].flatMap((name) => differences(left[name], right[name], `${place}/${name}`));
}

const NONE = { times: 0, tokens: 0, costUsd: 0 };

describe("a second reader, written from docs/definitions.md alone", () => {
  it.each([...homes, ...named])("finds the same in %s", { timeout: 600_000 }, async (home) => {
    const own = measure(home);
    if (own.cold.times === 1) own.cold = NONE; // one is no habit
    expect(differences(await askProduct(home), own)).toEqual([]);
  });
});
