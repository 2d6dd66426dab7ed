import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../helpers/spend.ts";
import { rolecall } from "../helpers/spend-process.ts";

const FIXTURES = join(import.meta.dirname, "../../fixtures");

/** Names other histories to compare, separated by colons. */
const named = (process.env["HISTORIES"] ?? "").split(":").filter((folder) => folder !== "");

const homes = [
  join(FIXTURES, "demo"),
  ...["claude-home", "field-cases", "recordings"].flatMap((group) =>
    readdirSync(join(FIXTURES, group)).map((name) => join(FIXTURES, group, name)),
  ),
]
  .filter((home) => existsSync(join(home, "projects")))
  .filter((home) => !home.endsWith("year-one")); // the page of a session has no period that reaches that far back

interface Spent {
  requests: number;
  costUsd: number;
}

interface Sessions {
  sessions: (Spent & { session: string })[];
  total: Spent;
}

interface Session {
  total: Spent;
  rest: Spent;
  tasks: (Spent & { startTier: string | null })[];
}

interface Savings {
  requests: number;
  actualUsd: number;
  groups: { by: string; tasks: number; actualUsd: number | null }[];
}

const ALL = ["--all"];
const DIGITS = 9;

function sum<Item>(items: readonly Item[], pick: (item: Item) => number): number {
  return items.reduce((total, item) => total + pick(item), 0);
}

describe("all commands", () => {
  it.each([...homes, ...named])(
    "agree on requests, dollars and tasks of %s",
    { timeout: 600_000 },
    async (home) => {
      const places = { roots: [home], db: join(temporaryFolder(), "store.db") };
      const ask = async <Answer>(...args: string[]): Promise<Answer> => {
        const run = await rolecall([...args, "--json"], places);
        expect(run.exit).toBe(0);
        return JSON.parse(run.out) as Answer;
      };
      const { total } = await ask<{ total: Spent }>("spend", ...ALL);
      const agrees = ({ requests, costUsd }: Spent) => {
        expect(requests).toBe(total.requests);
        expect(costUsd).toBeCloseTo(total.costUsd, DIGITS);
      };
      const list = await ask<Sessions>("sessions", ...ALL);
      agrees(list.total);
      const { blocks } = await ask<{ blocks: Spent[] }>("blocks", ...ALL);
      agrees({ requests: sum(blocks, (of) => of.requests), costUsd: sum(blocks, (of) => of.costUsd) });
      const savings = await ask<Savings>("savings", ...ALL);
      agrees({ requests: savings.requests, costUsd: savings.actualUsd });
      for (const by of ["role", "complexity", "category"])
        expect(
          sum(
            savings.groups.filter((group) => group.by === by),
            ({ actualUsd }) => actualUsd ?? 0,
          ),
        ).toBeCloseTo(total.costUsd, DIGITS);
      const overview = await ask<{ spend: { total: Spent }; tiers: { started: number }[] }>(
        "overview",
        ...ALL,
      );
      agrees(overview.spend.total);
      const { tiers } = await ask<{ tiers: { started: number }[] }>("fallbacks", ...ALL);
      expect(overview.tiers.map(({ started }) => started)).toEqual(tiers.map(({ started }) => started));

      const pages = await Promise.all(
        list.sessions.map(async (of) => ({ of, page: await ask<Session>("session", of.session) })),
      );
      for (const { of, page } of pages) {
        expect(page.total.requests).toBe(of.requests);
        expect(page.total.costUsd).toBeCloseTo(of.costUsd, DIGITS);
        const spent = sum(page.tasks, ({ costUsd }) => costUsd) + page.rest.costUsd;
        expect(spent).toBeCloseTo(of.costUsd, DIGITS);
      }
      const started = pages.flatMap(({ page }) => page.tasks).filter(({ startTier }) => startTier !== null);
      expect(started.length).toBe(sum(tiers, (tier) => tier.started));
    },
  );
});
