import { beforeAll, describe, expect, it } from "vitest";
import { COMMAND_GROUPS } from "../../src/cli/commands/groups.ts";
import { COMMANDS } from "../../src/cli/commands/index.ts";
import { formatInteger, formatUsd } from "../../src/render/numbers.ts";
import { CONTENT_KEYS, SPEND_KEYS } from "../../src/operations/spend-keys.ts";
import { fromUsd } from "../../src/domain/money.ts";
import { runCli } from "../helpers/run-cli.ts";

// Every report in every format on one corpus, the shipped demo: a number that two of them show is the same in both.

/** Commands of the group "Reports" that are about no period, or that watch. */
const WITHOUT_PERIOD = new Set(["session", "limits", "watch"]);
const REPORTS = [...(COMMAND_GROUPS["Reports"] ?? []), "sessions", "blocks", "recommend", "agents"].filter(
  (name) => !WITHOUT_PERIOD.has(name),
);

const PERIODS = [
  "",
  "--all",
  "--days 7",
  "--since 2026-11-01 --until 2026-11-10",
  "--days 14 --project *shop*",
  "--model *sonnet*",
] as const;

interface Rate {
  value: number | null;
  low: number;
  high: number;
}
interface Spent {
  requests: number;
  costUsd: number;
}
interface Tier {
  tier: string;
  started: number;
  outcomes: Record<string, number>;
  successRate: Rate;
  escalationRate: Rate;
  verdict: string;
}
interface Answers {
  spend: { total: Spent; rows: Spent[] };
  sessions: { total: Spent; sessions: (Spent & { session: string })[] };
  blocks: { blocks: Spent[] };
  why: Spent & { sessions: number; activeDays: number };
  savings: {
    requests: number;
    actualUsd: number;
    alwaysOpusUsd: number;
    savingsUsd: number;
    groups: { by: string; name: string; tasks: number; actualUsd: number }[];
    costPerActiveDayUsd: number;
  };
  overview: {
    spend: { total: Spent };
    sessions: number;
    savings: { actualUsd: number; alwaysOpusUsd: number; savingsUsd: number };
    tiers: Tier[];
  };
  fallbacks: { tiers: Tier[] };
  roles: { groups: { by: string; name: string; tasks: number; models: { tasks: number }[] }[] };
  agents: {
    rows: {
      agent: string;
      role: string;
      runs: number;
      requests: number;
      costUsd: number;
      successRate: Rate;
    }[];
  };
}
interface Shown {
  period: object;
  json: Record<string, unknown>;
  csv: string;
  table: string;
}

const DIGITS = 9;
const sum = <Item>(items: readonly Item[], pick: (item: Item) => number): number =>
  items.reduce((total, item) => total + pick(item), 0);

async function show(name: string, options: string): Promise<Shown> {
  const run = async (format: string) => {
    const { out, exit } = await runCli(`${name} --demo ${options} ${format}`.split(" ").filter(Boolean));
    expect([name, format, exit]).toEqual([name, format, 0]);
    return out;
  };
  const json = JSON.parse(await run("--json")) as Record<string, unknown> & { period: object };
  return { period: json.period, json, csv: await run("--csv"), table: await run("") };
}

/** Rows of a CSV answer, by column. None of these cells holds a comma. */
function rowsOf(csv: string): Record<string, string>[] {
  const [head = "", ...lines] = csv.trimEnd().split("\r\n");
  const names = head.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((cell, at) => [names[at], cell])));
}

const shared = ({ tier, started, outcomes, successRate, escalationRate, verdict }: Tier) => ({
  tier,
  started,
  outcomes,
  successRate,
  escalationRate,
  verdict,
});

const tasksBy = (groups: { by: string; name: string; tasks: number }[]) =>
  Object.fromEntries(
    groups.filter(({ by, tasks }) => by === "role" && tasks > 0).map(({ name, tasks }) => [name, tasks]),
  );

describe.each(PERIODS)("all reports of the period %s", (options) => {
  const shown = new Map<string, Shown>();
  let answers: Answers;
  beforeAll(async () => {
    for (const name of REPORTS) shown.set(name, await show(name, options));
    answers = Object.fromEntries([...shown].map(([name, { json }]) => [name, json])) as unknown as Answers;
  }, 120_000);

  it("cover the same days, and say so in the first line of the table", () => {
    const periods = [...shown].map(([name, { period }]) => [name, period]);
    expect(periods).toEqual(periods.map(([name]) => [name, shown.get("spend")?.period]));
    const lines = [...shown].map(([name, { table }]) => [name, table.split("\n")[0]]);
    expect(lines).toEqual(lines.map(([name]) => [name, shown.get("spend")?.table.split("\n")[0]]));
    expect(lines[0]?.[1]).toMatch(/\d{4}-\d\d-\d\d.* \(UTC\) · account demo · (\d projects|project \S+)/);
  });

  it("agree on requests and dollars", () => {
    const { spend, sessions, blocks, why, savings, overview } = answers;
    const found: Record<string, Spent> = {
      spend: {
        requests: sum(spend.rows, (row) => row.requests),
        costUsd: sum(spend.rows, (row) => row.costUsd),
      },
      sessions: sessions.total,
      "each session": {
        requests: sum(sessions.sessions, (row) => row.requests),
        costUsd: sum(sessions.sessions, (row) => row.costUsd),
      },
      blocks: {
        requests: sum(blocks.blocks, (row) => row.requests),
        costUsd: sum(blocks.blocks, (row) => row.costUsd),
      },
      why,
      savings: { requests: savings.requests, costUsd: savings.actualUsd },
      overview: overview.spend.total,
      "savings of the overview": {
        requests: spend.total.requests,
        costUsd: overview.savings.actualUsd,
      },
    };
    for (const [name, { requests, costUsd }] of Object.entries(found)) {
      expect([name, requests]).toEqual([name, spend.total.requests]);
      expect([name, costUsd.toFixed(DIGITS)]).toEqual([name, spend.total.costUsd.toFixed(DIGITS)]);
    }
  });

  it("agree on sessions, active days and savings", () => {
    const { sessions, why, savings, overview } = answers;
    expect(overview.sessions).toBe(sessions.sessions.length);
    expect(why.sessions).toBe(sessions.sessions.length);
    expect(savings.costPerActiveDayUsd * why.activeDays).toBeCloseTo(savings.actualUsd, 6);
    expect(overview.savings.alwaysOpusUsd).toBeCloseTo(savings.alwaysOpusUsd, DIGITS);
    expect(overview.savings.savingsUsd).toBeCloseTo(savings.savingsUsd, DIGITS);
  });

  it("agree on tasks, outcomes and rates", () => {
    const { overview, fallbacks, savings, roles } = answers;
    expect(overview.tiers.map(shared)).toEqual(fallbacks.tiers.map(shared));
    expect(tasksBy(roles.groups)).toEqual(tasksBy(savings.groups));
  });

  it("agree on agents: their role's tasks and dollars in savings", () => {
    const { agents, savings } = answers;
    for (const { agent, role, runs, costUsd } of agents.rows) {
      const same = agents.rows.filter((row) => row.role === role);
      const group = savings.groups.find(({ by, name }) => by === "role" && name === role);
      if (same.length > 1 || !group) continue;
      expect([agent, runs]).toEqual([agent, group.tasks]);
      expect(costUsd).toBeCloseTo(group.actualUsd, 6);
    }
    expect(agents.rows.length).toBeGreaterThan(0);
  });

  it("say the same as JSON in CSV and in tables", () => {
    const { spend, sessions, blocks, overview, savings, why } = answers;
    for (const name of ["spend", "sessions", "blocks"] as const) {
      const rows = rowsOf(shown.get(name)?.csv ?? "");
      expect([name, sum(rows, (row) => Number(row["requests"]))]).toEqual([name, spend.total.requests]);
      expect(sum(rows, (row) => Number(row["costUsd"]))).toBeCloseTo(spend.total.costUsd, 6);
    }
    const total = formatUsd(fromUsd(spend.total.costUsd));
    expect(lineOf("spend", /^Total/)).toContain(` ${total} `);
    expect(lineOf("spend", /^Total/)).toContain(` ${formatInteger(spend.total.requests)} `);
    expect(lineOf("sessions", /^\d+ sessions?/)).toContain(` ${total}`);
    expect(lineOf("overview", / spent in /)).toContain(`${total} spent in ${overview.sessions} session`);
    expect(lineOf("savings", / spent/)).toContain(formatUsd(fromUsd(savings.alwaysOpusUsd)));
    expect(lineOf("why", /^rolecall why/)).toContain(`${formatInteger(why.sessions)} session`);
    expect(shown.get("why")?.table).toContain(total);
    expect(blocks.blocks.length).toBe(rowsOf(shown.get("blocks")?.csv ?? "").length);
    expect(sessions.sessions.length).toBe(rowsOf(shown.get("sessions")?.csv ?? "").length);
  });

  it("write a rate of a tier the same in the overview and in fallbacks", () => {
    for (const { tier } of answers.fallbacks.tiers) {
      const line = new RegExp(`^${tier} `);
      const rate = /\d[\d.]*(?:–\d+)?%(?: \(\d+–\d+\))?/g;
      const first = lineOf("overview", line).match(rate) ?? [];
      const others = lineOf("fallbacks", line).match(rate) ?? [];
      expect(first.length).toBeGreaterThan(0);
      expect([tier, others]).toEqual([tier, expect.arrayContaining(first)]);
    }
  });

  function lineOf(name: string, pattern: RegExp): string {
    return (shown.get(name)?.table ?? "").split("\n").find((line) => pattern.test(line)) ?? "";
  }
});

interface Total {
  total: Spent;
}
const ask = async <Answer>(line: string): Promise<Answer> => {
  const { out, exit } = await runCli([...line.split(" "), "--demo", "--json"]);
  expect([line, exit]).toEqual([line, 0]);
  return JSON.parse(out) as Answer;
};

describe("commands about no period, one session or one moment", () => {
  it("agree with spend on the running window, the week and today", async () => {
    const { windows } = await ask<{ windows: { window: string; usedUsd: number; expectedUsd: number }[] }>(
      "limits",
    );
    const watch = await ask<{ today: Spent; window: Spent & { projection: { costUsd: number } } }>(
      "watch --once",
    );
    const blocks = await ask<{ blocks: (Spent & { projection: { costUsd: number } })[] }>(
      "limits --windows --active",
    );
    const week = await ask<Total>("spend --since 2026-11-16");
    const today = await ask<Total>("spend --since today");
    const used = new Map(windows.map((one) => [one.window, one]));
    expect(used.get("week")?.usedUsd).toBeCloseTo(week.total.costUsd, DIGITS);
    expect(used.get("five-hours")?.usedUsd).toBeCloseTo(blocks.blocks[0]?.costUsd ?? 0, DIGITS);
    expect(used.get("five-hours")?.expectedUsd).toBeCloseTo(watch.window.projection.costUsd, DIGITS);
    expect(blocks.blocks[0]).toMatchObject({
      requests: watch.window.requests,
      costUsd: watch.window.costUsd,
    });
    expect(watch.today).toMatchObject({ requests: today.total.requests, costUsd: today.total.costUsd });
  });

  it("agree with the list of sessions on each session", async () => {
    const { sessions } = await ask<Answers["sessions"]>("session --all");
    for (const { session, requests, costUsd } of sessions.slice(0, 8)) {
      const one = await ask<Total & { tasks: Spent[]; rest: Spent }>(`session ${session}`);
      const why = await ask<Spent>(`why ${session}`);
      expect([one.total.requests, one.total.costUsd]).toEqual([requests, costUsd]);
      expect(sum([...one.tasks, one.rest], (part) => part.costUsd)).toBeCloseTo(costUsd, DIGITS);
      expect(why.requests).toBe(requests);
      expect(why.costUsd).toBeCloseTo(costUsd, DIGITS);
    }
  });

  it("agree with spend in SQL, in every breakdown and under a what-if that changes nothing else", async () => {
    const { total } = await ask<Total>("spend --all");
    const query = "SELECT count(*), sum(cost_usd) FROM requests";
    const { out } = await runCli(["sql", query, "--demo", "--json"]);
    const [[requests = 0, costUsd = 0] = []] = (JSON.parse(out) as { rows: number[][] }).rows;
    expect([requests, costUsd.toFixed(DIGITS)]).toEqual([total.requests, total.costUsd.toFixed(DIGITS)]);
    for (const key of [...SPEND_KEYS, ...CONTENT_KEYS]) {
      const answer = await ask<Total & { rows: Spent[] }>(`spend --all --by ${key}`);
      expect([key, answer.total.requests]).toEqual([key, total.requests]);
      expect(sum(answer.rows, (row) => row.costUsd)).toBeCloseTo(total.costUsd, 8);
    }
    const savings = await ask<Answers["savings"]>("savings --all");
    const { whatIf } = await ask<{ whatIf: { actualUsd: number; costUsd: number } }>(
      "savings --all --all-opus",
    );
    expect(whatIf.actualUsd).toBeCloseTo(total.costUsd, DIGITS);
    expect(whatIf.costUsd).toBeCloseTo(savings.alwaysOpusUsd, DIGITS);
  });
});

it("every report takes the options of the period, and every format", async () => {
  for (const name of REPORTS) {
    const { options } = (await COMMANDS[name]?.load()) ?? { options: {} };
    expect([name, Object.keys(options)]).toEqual([
      name,
      expect.arrayContaining(["all", "days", "since", "until", "timezone", "json", "csv"]),
    ]);
  }
});
