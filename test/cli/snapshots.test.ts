import { readdirSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/commands/index.ts";
import { visibleWidth } from "../../src/render/table.ts";
import { type Place, runCli, transcriptOf } from "../helpers/run-cli.ts";

/** Each report on the shipped demo; more lines of a command show its options. */
const REPORTS: Readonly<Record<string, readonly string[]>> = {
  overview: ["overview --demo"],
  spend: [
    "spend --demo",
    "spend --demo --by day,model --since 2026-11-18",
    "spend --demo --by day --breakdown --since 2026-11-19",
    "spend --demo --by session --limit 3",
    "spend --demo --by branch",
    "spend --demo --by tool --limit 5",
    "spend --demo --by project,agent --project *shop* --reconcile",
  ],
  sessions: ["session --demo --limit 5", "session --demo --sort cost --limit 3 --project landing"],
  session: ["session fdf0f4ae --demo", "session fdf0f4ae --demo --goals"],
  blocks: ["limits --windows --demo --recent", "limits --windows --demo --active"],
  watch: ["watch --demo --once"],
  roles: ["roles --demo", "roles --demo --by complexity", "roles --demo --agents"],
  limits: ["limits --demo"],
  fallbacks: ["fallbacks --demo"],
  savings: ["savings --demo", "savings --demo --what-if reviewer=haiku --what-if main=opus"],
  patterns: ["patterns --demo"],
  why: [
    "why --demo",
    "why --demo --by activity",
    "why --demo --by tool --project *shop*",
    "why 2026-11-18 --demo",
    "why fdf0f4ae --demo",
    "why --demo --change agent-model",
  ],
  recommend: ["recommend --demo"],
  impact: ["impact --demo"],
  models: [
    "models --date 2026-11-21",
    "models sonnet --date 2026-10-01",
    "models claude-opus-6",
    "models sonnet --in 10k --out 8k --cached 6k --times 100/week --date 2026-11-21",
  ],
};

const PLACES: Readonly<Record<string, Place>> = {
  "80 columns": { columns: 80 },
  "120 columns": { columns: 120 },
  "120 columns, in color": { columns: 120, color: true },
  "200 columns": { columns: 200 },
  "in a pipe": {},
};

const words = (line: string): string[] => line.split(" ");

/** Lines of a transcript that are wider than its terminal, apart from what was typed. */
const tooWide = (transcript: string, { columns = Infinity }: Place): string[] =>
  transcript
    .replaceAll(/␛\[[\d;]*m/g, "")
    .split("\n")
    .filter((row) => visibleWidth(row) > columns && !row.startsWith("$ rolecall"));

/** Characters of charts in a pipe, where none is drawn. */
const charts = (transcript: string, { columns }: Place): string[] =>
  columns === undefined ? [...transcript.matchAll(/[▁-▏░]/g)].map(([drawn]) => drawn) : [];

describe("what each report looks like", () => {
  it.each(Object.entries(REPORTS))("%s fits every width, with and without color", async (name, lines) => {
    let shown = "";
    for (const [title, place] of Object.entries(PLACES)) {
      shown += `# ${title}\n`;
      for (const line of lines) {
        const transcript = await transcriptOf(words(line), place);
        expect(tooWide(transcript, place)).toEqual([]);
        expect(charts(transcript, place)).toEqual([]);
        shown += `${transcript}\n`;
      }
    }
    await expect(shown).toMatchFileSnapshot(`snapshots/${name}.txt`);
  });

  it.each(Object.entries(REPORTS))("%s has the same text in color at every width", async (_name, lines) => {
    for (const columns of [80, 120, 200])
      for (const line of lines) {
        const plain = await runCli(words(line), { columns });
        const colored = await runCli(words(line), { columns, color: true });
        expect(stripVTControlCharacters(colored.out)).toBe(plain.out);
      }
  });
});

describe("what people type wrong", () => {
  it("gets one line of what, and one of what to do", async () => {
    const lines = [
      "spend --by nonsense",
      "spend --by skil",
      "spend --demo --sort cots",
      "spend --demo --columns modl",
      "roles --evidence stong",
      "why --by tol",
      "spend --since tuesday",
      "spend --timezone Middle/Earth",
      "session --sort size",
      "session --limit none",
      "session 0000 --since 7d",
      "session --demo 0000",
      "models --date 31.12.2026",
      "spnd",
      "spend --bye model",
      "spend --zzz",
      "spend model",
      "spend --since",
      "limits --windows --rescent",
      "models opus extra",
    ];
    let shown = "";
    for (const line of lines) shown += `${await transcriptOf(words(line), { columns: 80 })}\n`;
    await expect(shown).toMatchFileSnapshot("snapshots/mistakes.txt");
  });
});

describe("a machine without transcripts", () => {
  it("is told where was looked, and what to do", async () => {
    let shown = "";
    for (const line of ["overview", "spend", "session", "limits --windows", "fallbacks", "recommend"])
      shown += `${await transcriptOf(words(line), { columns: 300 })}\n`; // the home folder's path is long
    await expect(shown).toMatchFileSnapshot("snapshots/empty.txt");
  });

  it("answers programs with nothing, not with words", async () => {
    const { out, exit } = await runCli(["spend", "--json"]);
    expect([exit, (JSON.parse(out) as { rows: unknown[] }).rows]).toEqual([0, []]);
  });
});

describe("help", () => {
  it("of rolecall fits 80 columns", async () => {
    await expect(await transcriptOf(["--help"], { columns: 80 })).toMatchFileSnapshot("snapshots/help.txt");
  });

  it.each(Object.entries(COMMANDS))(
    "of %s names its options within 80 columns",
    async (name, { now = name }) => {
      const { out, exit } = await runCli([name, "--help"], { columns: 80 });
      expect(exit).toBe(0);
      expect(out).toContain(`rolecall ${now === "overview" ? "" : now}`.trimEnd());
      expect(out.split("\n").filter((row) => visibleWidth(row) > 80)).toEqual([]);
    },
  );
});

it("no snapshot is left of what is no longer tested", () => {
  const expected = [
    ...[...Object.keys(REPORTS), "empty", "help", "mistakes", "statusline"].map((name) => `${name}.txt`),
    "init",
  ];
  expect(readdirSync(join(import.meta.dirname, "snapshots")).sort()).toEqual(expected.sort());
});
