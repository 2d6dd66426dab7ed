import type { Options } from "yargs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type CommandEntry, COMMANDS } from "../../src/cli/commands/index.ts";
import type { Io } from "../../src/cli/io.ts";
import { main } from "../../src/cli/main.ts";
import { parsePlain } from "../../src/cli/plain-arguments.ts";

const HOT = [
  "overview",
  "spend",
  "sessions",
  "blocks",
  "fallbacks",
  "savings",
  "patterns",
  "recommend",
  "agents",
  // These take a word as well, which is yargs' to read.
  "session",
  "why",
  "models",
];

const io = { env: process.env, columns: 0, out: () => {}, err: () => {} } as unknown as Io;

afterEach(() => vi.restoreAllMocks());

/** Returns what yargs makes of the options of a command; undefined if it has something to say about them. */
async function parsedByYargs(command: string, words: string[]): Promise<object | undefined> {
  const loaded = await loadCommand(command);
  const run = vi.spyOn(loaded, "run").mockReturnValue(0);
  await main([command, ...words], io);
  return run.mock.lastCall?.[0];
}

const valuesOf = ({ type, choices }: Options): string[] =>
  choices
    ? choices.map(String)
    : type === "number"
      ? ["7", "30", "90.5", "007"]
      : ["7d", "a b", "*shop*", "x=y", "5", "true"];

/** Every option in every form that it has, alone. */
function formsOf([name, spec]: [string, Options]): string[][] {
  if (spec.type === "boolean") return [[`--${name}`]];
  return valuesOf(spec).flatMap((value) => [[`--${name}`, value], [`--${name}=${value}`]]);
}

const loadCommand = (name: string) => (COMMANDS[name] as CommandEntry).load();
const optionsOf = async (name: string) => (await loadCommand(name)).options;

describe.each(HOT)("%s", (command) => {
  it("is parsed as yargs does, in every form of every option and with all of them", async () => {
    const specs = await optionsOf(command);
    const lists = Object.entries(specs).map(formsOf);
    const all = [0, 1, 2].map((pick) => lists.flatMap((forms) => forms[pick % forms.length] as string[]));
    let plain = 0;
    for (const words of [[], ...lists.flat(), ...all]) {
      const parsed = parsePlain(words, specs);
      if (!parsed) continue;
      plain++;
      expect([words, parsed]).toEqual([words, await parsedByYargs(command, words)]);
    }
    expect(plain).toBeGreaterThan(20);
  });
});

it.each([
  ["--nonsense"],
  ["spend"],
  ["-h"],
  ["--help"],
  ["--no-json"],
  ["--json", "true"],
  ["--json=true"],
  ["--since"],
  ["--since", "--json"],
  ["--since="],
  ["--since", ""],
  ["--since", "-1"],
  ["--since", "'7d'"],
  ["--since", "1d", "--since", "2d"],
  ["--claude-dir", "a"],
  ["--claudeDir", "a"],
  ["--json.x", "1"],
  ["--__proto__"],
  ["--constructor", "x"],
  ["--"],
  ["--JSON"],
])("leaves %s to yargs", async (...words) => {
  expect(parsePlain(words, await optionsOf("spend"))).toBeUndefined();
});

it.each([
  ["--days", "x"],
  ["--days", "1e3"],
  ["--days", "0x10"],
  ["--evidence", "weak"],
])("leaves %s %s to yargs", async (...words) => {
  expect(parsePlain(words, await optionsOf("fallbacks"))).toBeUndefined();
});
