import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/commands/index.ts";
import { DEMO_ROOT } from "../../src/history/workspace.ts";
import { runCli } from "../helpers/run-cli.ts";

/** A filter that matches nothing in the demo, and what is said about it. */
const FILTERS = {
  project: ["shop", 'no match for "shop". Expected a name such as /home/dev/shop-api'],
  model: ["opsu", 'no match for "opsu". Expected a name such as claude-opus-5-5'],
  agent: ["explor", 'no match for "explor". Expected a name such as Explore'],
  role: ["revewer", 'no match for "revewer". Expected a name such as reviewer'],
  branch: ["mian", 'no match for "mian". Expected a name such as main'],
} as const;

const NO_REPORTS: ReadonlySet<string> = new Set(["forget", "models", "replay", "route"]);
const REPORTS = Object.keys(COMMANDS).filter((name) => !NO_REPORTS.has(name));

/** One filter of each report, another each time. */
const cases = (
  await Promise.all(
    REPORTS.map(async (name, index) => {
      const { options } = await (COMMANDS[name] as { load: () => Promise<{ options: object }> }).load();
      const own = Object.keys(FILTERS).filter((filter) => "demo" in options && filter in options);
      return own.length === 0 ? [] : [[name, own[index % own.length] as keyof typeof FILTERS] as const];
    }),
  )
).flat();

describe("a filter that matches nothing", () => {
  it.each(cases)("%s --%s: says so and names what is near", async (name, filter) => {
    const [value, said] = FILTERS[filter];
    const { err, out, exit } = await runCli([name, "--demo", `--${filter}`, value, "--json"]);
    expect(err).toContain(`rolecall: --${filter}: ${said}\n`);
    expect(JSON.parse(out)).toMatchObject({ unmatched: [{ option: filter, value }] });
    expect(exit).toBe(0);
  });

  it("is asked of at least eight reports", () => {
    expect(new Set(cases.map(([name]) => name)).size).toBeGreaterThanOrEqual(8);
  });

  it("says when the name is known from another time, and when only the combination matches nothing", async () => {
    const before = await runCli(["spend", "--demo", "--until", "2020-01-01", "--model", "opus"]);
    expect(before.err).toContain('--model: no requests in this period for "opus"');
    const both = await runCli(["spend", "--demo", "--model", "haiku", "--agent", "code-reviewer"]);
    expect(both.err).toBe("rolecall: no request in this period matches all the filters\n");
    const some = await runCli(["spend", "--demo", "--model", "haiku", "--agent", "Explore"]);
    expect(some.err).toBe("");
  });
});

describe("a report without a request", () => {
  const LONG_AFTER = {
    env: { CLAUDE_CONFIG_DIR: DEMO_ROOT, ROLECALL_DB: ":memory:" },
    now: Date.parse("2027-03-01"),
  };
  const lastLine = async (...words: string[]) => {
    const { out, err, exit } = await runCli(words, LONG_AFTER);
    expect(exit).toBe(0);
    return { out: out.trimEnd().split("\n").at(-1), err };
  };
  const OLDER = "all requests are older than this period; the newest is from 2026-11-20";

  it.each([
    ["overview", "requests"],
    ["spend", "requests"],
    ["session", "requests"],
    ["why", "requests"],
    ["patterns", "requests"],
    ["fallbacks", "requests"],
    ["savings", "requests"],
    ["recommend", "requests"],
    ["roles", "tasks"],
  ])("%s suggests a longer period if that has some", async (command, noun) => {
    const { out, err } = await lastLine(command, "--model", "opus");
    expect(out).toBe(`No ${noun} in this period. Try --all.`);
    expect(err).toContain(`rolecall: ${OLDER}\n`);
    expect(err).toContain('rolecall: --model: no requests in this period for "opus"\n');
  });

  it("names the option that --all takes the place of", async () => {
    for (const given of [
      ["--days", "3"],
      ["--since", "2027-02-01"],
    ] as const) {
      const { out, err } = await lastLine("spend", ...given);
      expect(out).toBe(`No requests in this period. Try --all instead of ${given[0]}.`);
      expect(err).toBe(`rolecall: ${OLDER}\n`);
    }
  });

  it.each(["overview", "spend", "session", "why", "patterns", "fallbacks", "savings", "recommend", "roles"])(
    "%s does not suggest one for a filter that matches nothing at any time, and names what is near",
    async (command) => {
      const { out, err } = await lastLine(command, "--model", "opsu");
      expect(out).toBe("No request matches the filters.");
      expect(err).toBe('rolecall: --model: no match for "opsu". Expected a name such as claude-opus-5-5\n');
    },
  );
});
