import { describe, expect, it } from "vitest";
import { sameOptions } from "../../src/cli/same-options.ts";
import { runCli } from "../helpers/run-cli.ts";

/** Splits a command line as a shell does. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ""));

/** The commands that a screen suggests. */
async function suggestedBy(...words: string[]): Promise<string[][]> {
  const { out } = await runCli(words, { columns: 160 });
  const found = [
    ...out.matchAll(/rolecall ((?:why|spend|roles|recommend)\b[^·\n]*?)(?: {2}|, with KIND|\n)/g),
  ];
  return found.map(([, line = ""]) => wordsOf(line));
}

interface Answer {
  costUsd?: number;
  total?: { costUsd: number };
  spend?: { total: { costUsd: number } };
  period: object;
}

async function read(words: readonly string[]): Promise<Answer> {
  const { out, exit } = await runCli([...words, "--json"]);
  expect([words, exit]).toEqual([words, 0]);
  return JSON.parse(out) as Answer;
}

const ASKED = [
  ["overview", "--demo"],
  ["overview", "--demo", "--all"],
  ["overview", "--demo", "--days", "7", "--project", "*shop*"],
  ["overview", "--demo", "--since", "2026-11-01", "--until", "2026-11-10", "--timezone", "Asia/Tokyo"],
];

describe("a suggested command", () => {
  it.each(ASKED)("%s %s %s %s shows the same period and dollars", async (...words) => {
    const asked = words.filter((word) => word !== undefined);
    const own = await read(asked);
    const suggested = await suggestedBy(...asked);
    expect(suggested.map(([name]) => name)).toEqual(
      expect.arrayContaining(["why", "spend", "roles", "recommend"]),
    );
    for (const command of suggested) {
      const answer = await read(command);
      expect([command, answer.period]).toEqual([command, own.period]);
      const total = own.spend?.total.costUsd ?? NaN;
      expect(answer.costUsd ?? answer.total?.costUsd ?? total).toBeCloseTo(total, 9);
    }
  });

  it("of a session explains that session", async () => {
    const [command = []] = await suggestedBy("session", "fdf0f4ae", "--demo");
    expect(command).toEqual(["why", "fdf0f4ae", "--demo"]);
  });

  it("repeats options as a shell reads them", () => {
    const args = { demo: false, all: true, project: "it's", "claude-dir": ["/a b", "/c"], days: undefined };
    expect(sameOptions(args)).toBe(
      String.raw` --claude-dir '/a b' --claude-dir /c --all --project 'it'\''s'`,
    );
  });
});

it("reads the start of an id as text, also where it has digits alone", async () => {
  const { err, exit } = await runCli(["session", "1234", "--demo"]);
  const [line] = err.split("\n");
  expect([exit, line]).toEqual([
    2,
    'rolecall: session: no session begins with "1234", and none has it in its title or first prompt',
  ]);
});
