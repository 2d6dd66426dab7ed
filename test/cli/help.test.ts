import { describe, expect, it } from "vitest";
import { COMMAND_GROUPS, PROGRAM_COMMANDS } from "../../src/cli/commands/groups.ts";
import { COMMANDS } from "../../src/cli/commands/index.ts";
import { visibleWidth } from "../../src/render/table.ts";
import { runCli } from "../helpers/run-cli.ts";

const NAMES = Object.keys(COMMANDS).filter((name) => COMMANDS[name]!.now === undefined);
const FORMER = Object.entries(COMMANDS).flatMap(([name, { now }]) =>
  now === undefined ? [] : [[name, now]],
);

describe("help", () => {
  it("lists fewer than 30 commands, each in one group, and those that programs run in a line below", () => {
    const listed = Object.values(COMMAND_GROUPS).flat();
    expect(listed.length).toBeLessThan(30);
    expect([...listed, ...PROGRAM_COMMANDS].toSorted()).toEqual(NAMES.toSorted());
  });

  it.each(FORMER)("of %s shows what to write now: %s", async (name, now) => {
    const { out } = await runCli([name, "--help"], { columns: 80 });
    expect(out.split("\n")[0]).toBe(`rolecall ${now} [OPTIONS]`);
    expect(tooWide(out)).toEqual([]);
  });

  it("names commands in at most 60 characters, and fits 80 columns", async () => {
    expect(Object.values(COMMANDS).filter(({ summary }) => summary.length > 60)).toEqual([]);
    expect(tooWide((await runCli(["--help"], { columns: 80 })).out)).toEqual([]);
  });

  it.each(NAMES)("%s has imperative descriptions that fit 80 columns", async (name) => {
    const { options, examples = [] } = await COMMANDS[name]!.load();
    const described = Object.values(options).filter(({ hidden }) => hidden !== true);
    const texts = [
      COMMANDS[name]!.summary,
      ...described.map(({ describe: text }) => text ?? ""),
      ...examples.map(([, purpose]) => purpose),
    ];
    expect(texts.filter((text) => !/^[A-Z][a-z]+\b.*[^.]$/.test(text) || HEADLESS.test(text))).toEqual([]);
    expect(tooWide((await runCli([name, "--help"], { columns: 80 })).out)).toEqual([]);
  });

  it.each(NAMES)("the examples of %s are command lines that it takes", async (name) => {
    const { options, examples = [] } = await COMMANDS[name]!.load();
    const known = new Set([...Object.keys(options), ...Object.keys(options).map((option) => `no-${option}`)]);
    for (const [line] of examples) {
      if (name !== "init" && name !== "undo" && /^rolecall (?:undo|init) ?/.test(line)) continue; // another command that belongs to it
      const own = line.slice(line.indexOf("rolecall ")).replaceAll(/"[^"]*"|'[^']*'/g, "''");
      expect(own).toMatch(new RegExp(`rolecall ${name}( |$)`));
      const unknown = [...own.matchAll(/ --([\w-]+)/g)]
        .map(([, option = ""]) => option)
        .filter((option) => !known.has(option));
      expect(unknown).toEqual([]);
    }
  });
});

/** Nouns and questions that a description must not begin with. */
const HEADLESS = /^(?:What|Which|How|Where|When|The|A|An|Only|Each|Every|One)\b/;

function tooWide(text: string): string[] {
  return text.split("\n").filter((line) => visibleWidth(line) > 80);
}
