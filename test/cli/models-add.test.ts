import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { TIER_MODELS } from "../../src/models/catalogue.ts";
import { newestOfTiers } from "../../src/models/newest.ts";
import { createModelTable } from "../../src/models/resolve.ts";
import { runCli } from "../helpers/run-cli.ts";
import { writeTree } from "../helpers/tree.ts";

const HAIKU_6 = {
  models: { "claude-haiku-6": { like: "claude-haiku-5-5", input: 0.05, output: 0.25 } },
};

let folder: string;
let own: string;
const run = (...words: string[]) =>
  runCli(["models", "add", ...words], { env: { XDG_CONFIG_HOME: join(folder, "config") } });
const fileWith = (value: unknown): string => {
  const path = join(folder, "new.json");
  writeFileSync(path, typeof value === "string" ? value : JSON.stringify(value));
  return path;
};

const ids = async (...words: string[]) =>
  (
    JSON.parse((await runCli(["recommend", "--demo", "--json", ...words])).out) as {
      recommendations: { id: string; proposed: { model: string } | null }[];
    }
  ).recommendations;

beforeEach(() => {
  folder = writeTree({});
  own = join(folder, "config/rolecall/prices.yaml");
});

describe("rolecall models add", () => {
  it("makes a model known, says what changed, and changes nothing the second time", async () => {
    const path = fileWith(HAIKU_6);
    const { out, exit } = await run(path);
    expect(exit).toBe(0);
    expect(out).toContain(
      "added Haiku 6 (claude-haiku-6): haiku, newest haiku since 2026-11-21, $0.05 in and $0.25 out per million tokens",
    );
    expect(out).toContain("rolecall recommend shows what the new model changes.");
    const written = readFileSync(own, "utf8");
    expect((await run(path)).out).toBe(`Unchanged: claude-haiku-6.\nNothing to write: ${own}.\n`);
    expect(readFileSync(own, "utf8")).toBe(written);
    const env = { XDG_CONFIG_HOME: join(folder, "config") };
    expect((await runCli(["models", "claude-haiku-6"], { env })).out).toContain("Haiku 6");
  });

  it("keeps comments and other models of one's own file, and shows the price before", async () => {
    const before = "# mine\nmodels:\n  claude-opus-5-5: { input: 3.2, output: 16 } # discount\n";
    const target = join(folder, "mine.yaml");
    writeFileSync(target, before);
    const path = fileWith({ models: { ...HAIKU_6.models, "claude-sonnet-5-5": { input: 1 } } });
    const { out } = await run(path, "--prices", target);
    expect(out).toMatch(/changed Sonnet 5\.5 \(claude-sonnet-5-5\): sonnet, .*\$\d\.00 → \$1\.00 in/);
    const text = readFileSync(target, "utf8");
    expect(text.startsWith("# mine\nmodels:\n")).toBe(true);
    expect(text).toContain("# discount");
    expect(existsSync(own)).toBe(false);
  });

  it.each([
    ["no model", {}, 'models add: no models in "'],
    [
      "an unknown key",
      { models: { "claude-haiku-6": { like: "claude-haiku-5-5", prize: 1 } } },
      "unknown key",
    ],
    ["no price", { models: { "claude-haiku-6": { family: "haiku" } } }, "needs prices"],
    [
      "a day that is none",
      { models: { "claude-haiku-6": { ...HAIKU_6.models["claude-haiku-6"], released: "soon" } } },
      "Expected a day",
    ],
    ["a negative price", { models: { "claude-opus-5-5": { input: -1 } } }, "invalid value"],
    ["another form", [1, 2], "not a group of keys"],
    ["no JSON", "{", "not YAML"],
  ])("writes nothing for a file with %s", async (_, value, said) => {
    const { err, exit } = await run(fileWith(value));
    expect(exit).toBe(2);
    expect(err.toLowerCase()).toContain(said.toLowerCase());
    expect(existsSync(own)).toBe(false);
  });

  it("names a missing file, and a mistake in one's own file", async () => {
    expect((await run("nowhere.json")).err).toContain('models add: no such file "nowhere.json"');
    expect((await run()).err).toContain("models add: no file given");
    const target = join(folder, "mine.yaml");
    writeFileSync(target, "models:\n  claude-opus-5-5: { prize: 1 }\n");
    const { err, exit } = await run(fileWith(HAIKU_6), "--prices", target);
    expect([exit, err]).toEqual([2, expect.stringContaining("mine.yaml")]);
    expect(readFileSync(target, "utf8")).toContain("prize");
  });

  it("writes nothing with --dry-run", async () => {
    expect((await run(fileWith(HAIKU_6), "--dry-run")).out).toContain("Would write");
    expect(existsSync(own)).toBe(false);
  });

  it("lets recommend propose the model on that day, by its exact id", async () => {
    const target = join(folder, "mine.yaml");
    // The demo's now is a day before the tests'.
    await run(
      fileWith({
        models: { "claude-haiku-6": { ...HAIKU_6.models["claude-haiku-6"], released: "2026-11-20" } },
      }),
      "--prices",
      target,
    );
    const before = await ids();
    const after = await ids("--prices", target);
    expect(before.some(({ proposed }) => proposed?.model === "claude-haiku-6")).toBe(false);
    const found = after.filter(({ proposed }) => proposed?.model === "claude-haiku-6");
    expect(found.length).toBeGreaterThan(0);
    for (const { id } of found) expect(id).toContain("claude-haiku-6");
  });
});

describe("the newest model of a tier", () => {
  it("is what the alias means, as long as no price file knows a newer one", () => {
    expect(newestOfTiers(createModelTable(), "2026-11-28")).toEqual(TIER_MODELS);
  });
});
