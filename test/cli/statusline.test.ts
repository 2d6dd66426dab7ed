import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeStoredDay } from "../../src/hooks/day-spend.ts";
import { hashOf, locateHooks } from "../../src/hooks/places.ts";
import { runCli } from "../helpers/run-cli.ts";

const SAMPLES = join(import.meta.dirname, "../../fixtures/client-samples/statusline");
const folder = mkdtempSync(join(tmpdir(), "rolecall-statusline-"));
const project = join(folder, "shop-api");
const env = {
  HOME: folder,
  XDG_STATE_HOME: join(folder, "state"),
  CLAUDE_CONFIG_DIR: join(folder, ".claude"),
};
/** Three minutes before the caches of most samples go cold. */
const NOW = 1_795_820_034_000 - 180_000;

const sample = (name: string) =>
  readFileSync(join(SAMPLES, name), "utf8").replaceAll("/home/dev/shop-api", project);
const first = sample("02-after-the-first-reply.json");
const withFields = (more: object) => JSON.stringify({ ...(JSON.parse(first) as object), ...more });

const line = async (stdin: string, argv: readonly string[] = [], now = NOW) => {
  const { out, exit } = await runCli(["statusline", ...argv], { env, cwd: project, stdin, now });
  expect(exit).toBe(0);
  return out;
};

beforeAll(async () => {
  mkdirSync(project);
  writeFileSync(join(project, "rolecall.yaml"), "version: 1\nmain: { model: sonnet }\n");
  await runCli(["init", "--statusline", "--yes"], { env, cwd: project });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the status line", () => {
  it("in twelve states of a session", async () => {
    const ten = readdirSync(SAMPLES)
      .filter((name) => name.endsWith(".json"))
      .toSorted();
    let shown = "";
    for (const name of ten) shown += `# ${name}\n${await line(sample(name))}`;
    const last = sample("07-context-over-200k.json");
    shown += `# an hour later\n${await line(last, [], NOW + 3_600_000)}`;
    const limits = {
      five_hour: { used_percentage: 41.7, resets_at: NOW / 1000 + 8_000 },
      seven_day: { used_percentage: 12 },
    };
    shown += `# a subscription\n${await line(withFields({ rate_limits: limits }))}`;
    await expect(shown).toMatchFileSnapshot("snapshots/statusline.txt");
  });

  it("a template chooses the parts, and a segment without any value is left out", async () => {
    expect(await line(first, ["--template", "{effort}: {model}|no {limit}|{policy}|{cache}"])).toBe(
      "medium: Sonnet 5.5 | no {limit} | warm 3m\n",
    );
  });

  it("a template in the configuration holds from the next computation on", async () => {
    const config = join(folder, ".config/rolecall");
    mkdirSync(config, { recursive: true });
    writeFileSync(join(config, "config.yaml"), 'statusline: "{model} only"\n');
    const own = { ...env, XDG_CONFIG_HOME: join(folder, ".config") };
    await runCli(["init", "--statusline", "--yes"], { env: own, cwd: project });
    expect(await line(first)).toBe("Sonnet 5.5 only\n");
    rmSync(config, { recursive: true });
    await runCli(["init", "--statusline", "--yes"], { env: own, cwd: project });
  });

  it("shows the line of another command above its own, and goes on if that fails", async () => {
    const template = ["--template", "{model}"];
    expect(
      await line(first, [
        ...template,
        "--with",
        `node -e "process.stdin.on('data', (text) => console.log('mine', JSON.parse(text).version))"`,
      ]),
    ).toBe("mine 2.1.332\nSonnet 5.5\n");
    expect(await line(first, [...template, "--with", "exit 3"])).toBe("Sonnet 5.5\n");
    expect(await line(first, [...template, "--with", "no-such-command-here"])).toBe("Sonnet 5.5\n");
  });

  it.each(["", "nonsense", "[]", "7", "null", '{"model":7,"cost":[],"context_window":"x","prompt_cache":1}'])(
    "is a plain line for %j",
    async (stdin) => {
      expect((await line(stdin)).split("\n")).toHaveLength(2);
    },
  );

  it("no escape sequence of a model's name reaches the terminal", async () => {
    const stdin = withFields({ model: { id: "x", display_name: "\u001b[2JOpus\n\u202e" } });
    expect(await line(stdin, ["--template", "{model}"])).toBe("�[2JOpus �\n");
  });
});

const today = async (session: string, usd: number, durationMs: number, now: number) =>
  line(
    withFields({ session_id: session, cost: { total_cost_usd: usd, total_duration_ms: durationMs } }),
    ["--template", "{today}"],
    now,
  );

describe("what was spent today", () => {
  const day = Date.parse("2026-12-01T12:00:00Z");

  it("adds up sessions that run at once, goes on after /clear, and leaves out what an old session spent before", async () => {
    expect(await today("one", 1, 1_000, day)).toBe("$1.00\n");
    expect(await today("two", 2, 1_000, day)).toBe("$3.00\n");
    expect(await today("one", 1.5, 2_000, day)).toBe("$3.50\n");
    expect(await today("one", 0.25, 3_000, day)).toBe("$3.75\n");
    expect(await today("old", 9, 86_400_000, day)).toBe("$3.75\n");
    expect(await today("old", 9.5, 86_400_000, day)).toBe("$4.25\n");
    expect(await today("one", 0.5, 4_000, day + 86_400_000)).toBe("$0.50\n");
  });

  it("takes from the store what no status line saw, and no session twice", async () => {
    const now = day + 2 * 86_400_000;
    writeStoredDay(locateHooks(env), {
      day: "2026-12-03",
      at: now,
      sessions: { [hashOf("seen")]: 2, [hashOf("headless")]: 5 },
      window: { endsAt: now + 3_600_000, usd: 7 },
    });
    expect(await today("seen", 3, 1_000, now)).toBe("$8.00\n");
    expect(await line(first, ["--template", "{window}"], now)).toBe("window $7.00, 1h 00m left\n");
  });
});
