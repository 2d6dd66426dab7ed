import { cpSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { periodOfDays } from "../../src/domain/period.ts";
import { openHistory } from "../../src/history/open-history.ts";
import { DEMO_NOW, DEMO_ROOT } from "../../src/history/workspace.ts";
import { readAdviceAtHand } from "../../src/operations/advice-at-hand.ts";
import { readAdviceList } from "../../src/operations/advice-list.ts";
import { readFallbacks } from "../../src/operations/fallbacks.ts";
import { readOverview } from "../../src/operations/overview.ts";
import { readSavings } from "../../src/operations/savings.ts";
import { readSpend } from "../../src/operations/spend.ts";
import { renderOverview } from "../../src/render/overview.ts";
import { createStyle } from "../../src/render/style.ts";
import { runCli } from "../helpers/run-cli.ts";
import { writeTree } from "../helpers/tree.ts";

const period = periodOfDays("2026-10-22", undefined, "UTC");
const MANY = 1_000_000;

/** The demo as a history of one's own, whose store is kept. */
const open = () => {
  const folder = writeTree({});
  cpSync(join(DEMO_ROOT, "projects"), join(folder, "projects"), { recursive: true });
  const options = { claudeDirs: [folder], db: join(folder, "rolecall.db") };
  return openHistory(options, process.env, folder);
};

const json = async (command: string) =>
  JSON.parse((await runCli([command, "--demo", "--json"])).out) as Record<string, unknown[]>;

describe("the overview", () => {
  it("shows what the reports behind it say", async () => {
    const history = await openHistory({ demo: true }, process.env, "/");
    const overview = await readOverview(history, period, {}, DEMO_NOW);
    const savings = readSavings(history, period, {});
    expect(overview.byModel).toEqual(readSpend(history, ["model"], period));
    expect(overview.alwaysOpusNano).toBeCloseTo(savings.alwaysOpusNano, 0);
    expect(overview.savingsShare).toBeCloseTo(savings.savingsShare ?? Number.NaN, 9);
    expect(overview.costPerActiveDayNano).toBeCloseTo(savings.costPerActiveDayNano, 0);
    expect(overview.tiers).toEqual(readFallbacks(history, period).tiers);
    const sources = readSpend(history, ["source"], period).rows;
    expect(overview.bySource).toEqual(
      sources.map(({ key, requests, costNano }) => ({ source: key.source, requests, costNano })),
    );
    const places = readSpend(history, ["session", "project"], period).rows;
    expect(overview.sessions).toBe(new Set(places.map(({ key }) => key.session)).size);
    expect(overview.projects).toBe(new Set(places.map(({ key }) => key.project)).size);
    const byProject = readSpend(history, ["project"], period).rows;
    expect(overview.topProjects.map(({ project }) => project)).toEqual(
      byProject.map(({ key }) => key.project).slice(0, 3),
    );
    for (const [index, { costNano }] of overview.topProjects.entries())
      expect(costNano).toBeCloseTo(byProject[index]?.costNano ?? Number.NaN, 0);
    const costSince = (day: string) =>
      readSpend(history, ["model"], periodOfDays(day, undefined, "UTC")).total.costNano;
    expect(overview.recent?.todayNano).toBeCloseTo(costSince("2026-11-20"), 0);
    expect(overview.recent?.monthNano).toBeCloseTo(costSince("2026-11-01"), 0);
    const ended = periodOfDays("2026-10-22", "2026-11-19", "UTC");
    expect((await readOverview(history, ended, {}, DEMO_NOW)).recent).toBeUndefined();
    const days = readSpend(history, ["day"], period).rows;
    expect(overview.days.filter(({ costNano }) => costNano > 0).map(({ day }) => day)).toEqual(
      days.map(({ key }) => key.day),
    );
    expect(overview.days.reduce((sum, { costNano }) => sum + costNano, 0)).toBeCloseTo(
      overview.byModel.total.costNano,
      0,
    );
    history.close();
  });

  it("shows the list of recommend, with the same dollars", async () => {
    const [overview, recommend] = [await json("overview"), await json("recommend")];
    expect(recommend["recommendations"]?.length).toBeGreaterThan(0);
    expect(overview["recommendations"]).toEqual(recommend["recommendations"]);
    expect(overview["changes"]).toEqual(recommend["changes"]);
  });

  it("leaves the list to recommend where the ledger of a long history is not built yet", async () => {
    const history = await open();
    expect(await readAdviceAtHand(history, period, DEMO_NOW, {}, MANY)).toBeUndefined();
    const list = await readAdviceList(history, period, DEMO_NOW);
    const known = await readAdviceAtHand(history, period, DEMO_NOW, {}, MANY);
    expect(known?.recommendations).toEqual(list.recommendations);
    expect(known?.changes).toEqual(list.changes);
    expect(known?.totalUsdPerMonth).toEqual(list.totalUsdPerMonth);
    history.close();
  });
});

describe("the screen of the overview", () => {
  it("has a line of days and bars on a terminal, and none in a pipe", async () => {
    const terminal = (await runCli(["overview", "--demo"], { columns: 100 })).out;
    expect(terminal).toMatch(/[▁▂▃▄▅▆▇█]{5}.*2026-11-20, at most \$\d/);
    expect(terminal).toMatch(/Opus 5\.5 .* █+/);
    expect((await runCli(["overview", "--demo"])).out).not.toMatch(/[▁▂▃▄▅▆▇█▏▎▍▌▋▊▉]/);
  });

  it("has today, this month and the most expensive projects, and where to see more of them", async () => {
    const { out } = await runCli(["overview", "--demo"], { columns: 80 });
    expect(out).toContain("  $1.63 today, $26.18 this month\n");
    expect(out).toContain("  shop-api $21.45 · ledger $8.74 · landing $2.26\n");
    expect(out).toContain("  rolecall spend --by project --demo    show each project\n");
    const one = (await runCli(["overview", "--demo", "--project", "ledger"], { columns: 80 })).out;
    expect(one).not.toMatch(/ledger \$|--by project/);
    expect((await runCli(["overview", "--demo", "--until", "2026-11-19"])).out).not.toContain(" today, ");
  });

  it("has two folders of each project where one would be only a number", async () => {
    const history = await open();
    const projects = ["/home/dev/shop/1", "/home/dev/shop"].map((project) => ({ project, costNano: 2e9 }));
    const overview = {
      ...(await readOverview(history, period, {}, DEMO_NOW)),
      topProjects: projects,
      projects: 2,
    };
    history.close();
    expect(renderOverview(overview, { width: 0, style: createStyle(false) })).toContain(
      "  shop/1 $2.00 · dev/shop $2.00\n",
    );
  });

  it("draws with ASCII where the locale has no more", async () => {
    const { out } = await runCli(["overview", "--demo"], { columns: 100, env: { LC_ALL: "C" } });
    expect(out).toMatch(/Opus 5\.5 .* #{5}/);
    expect(out).not.toMatch(/[▁▂▃▄▅▆▇█]/);
  });
});
