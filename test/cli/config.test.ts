import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../helpers/spend.ts";
import { type Place, type Ran, runCli } from "../helpers/run-cli.ts";

const ALL_KEYS = `period: 7
timezone: Europe/Berlin
weekStart: sunday
currency: { code: EUR, perDollar: 0.5 }
plan:
  name: Max
  fiveHours: 40
  week: max
  weekReset: tuesday 09:00
accounts: { work: ~/company/.claude }
titles: true
statusline: "{model} | {today}"
color: always
columns:
  spend: [model, cost]
`;

/** Runs a command line with a configuration file. */
function withConfig(text: string, line: string, place: Place = {}): Promise<Ran> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "rolecall"));
  writeFileSync(join(folder, "rolecall/config.yaml"), text);
  return runCli(line.split(" "), { ...place, env: { XDG_CONFIG_HOME: folder, TZ: undefined, ...place.env } });
}

interface Answer {
  exists: boolean;
  values: { key: string; value: unknown; from: string; line: number | null; variable: string | null }[];
}

describe("rolecall config", () => {
  it("shows every value with the line, the variable or the default that it comes from", async () => {
    const { out } = await withConfig(ALL_KEYS, "config --json", { env: { TZ: "Asia/Tokyo" } });
    const { exists, values } = JSON.parse(out) as Answer;
    expect(exists).toBe(true);
    const of = (key: string) => values.find((one) => one.key === key);
    expect(of("period")).toMatchObject({ value: 7, from: "file", line: 1 });
    expect(of("plan.week")).toMatchObject({ value: "max", from: "file", line: 8 });
    expect(of("timezone")).toMatchObject({ value: "Asia/Tokyo", from: "environment", variable: "TZ" });
    expect(values.filter(({ from }) => from === "default")).toEqual([]);
  });

  it("shows the defaults of a machine without the file", async () => {
    const { out, exit } = await runCli(["config"], { columns: 80 });
    expect(exit).toBe(0);
    expect(out).toMatch(/config\.yaml\s\(does not exist yet\)/);
    expect(out).toMatch(/^period +30 +default/m);
  });

  it("refuses a file with problems, naming each with its line", async () => {
    const { err, exit } = await withConfig(
      "perod: 7\ntimezone: Middle/Earth\nplan: { week: -1 }\n",
      "config",
    );
    expect(exit).toBe(2);
    expect(err).toMatch(/:1 perod: unknown key[^]*Try period\./);
    expect(err).toMatch(/:3 plan\.week: invalid value/);
    const zone = await withConfig("timezone: Middle/Earth\n", "spend --demo");
    expect([zone.exit, zone.err]).toEqual([2, expect.stringContaining("unknown time zone")]);
    const half = await withConfig("currency: { code: EUR }\n", "spend --demo");
    expect(half.err).toContain("Expected both code and perDollar");
  });
});

describe("reports", () => {
  it("use the configured period, time zone and currency, and say so", async () => {
    const { out } = await withConfig(ALL_KEYS, "savings --demo");
    expect(out.split("\n")[0]).toContain("Last 7 days: 2026-11-14 to 2026-11-20 (Europe/Berlin)");
    expect(out).toContain("EUR at 0.5 per dollar");
    expect(out).toMatch(/€4\.\d\d spent/);
  });

  it("keep dollars in JSON", async () => {
    const [euros, dollars] = await Promise.all(
      ["currency: { code: EUR, perDollar: 0.5 }\n", ""].map((text) =>
        withConfig(text, "spend --demo --json"),
      ),
    );
    expect(euros?.out).toBe(dollars?.out);
  });

  it("begin weeks on the configured day", async () => {
    const { out } = await withConfig("weekStart: sunday\n", "spend --demo --by week --json");
    const { rows } = JSON.parse(out) as { rows: { key: { week: string } }[] };
    const days = rows.map(({ key }) => new Date(`${key.week}T00:00:00Z`).getUTCDay());
    expect(new Set(days)).toEqual(new Set([0]));
  });

  it("let options and the environment decide before the file", async () => {
    const place = { env: { TZ: "Asia/Tokyo", NO_COLOR: "1" } };
    const { out } = await withConfig(ALL_KEYS, "spend --demo --days 3 --timezone UTC", place);
    expect(out).toContain("Last 3 days: 2026-11-18 to 2026-11-20 (UTC)");
    expect(out).not.toContain("\u001b");
    const colored = await withConfig("color: always\n", "spend --demo", { env: { NO_COLOR: undefined } });
    expect(colored.out).toContain("\u001b");
  });
});
