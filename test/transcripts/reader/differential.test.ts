import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeSessions } from "../../../bench/corpus.ts";
import { createRandom, type Random } from "../../../bench/random.ts";
import { damage, estrange, reorder } from "../../helpers/damage.ts";
import { readBytes } from "../../helpers/reading.ts";
import { readSlowly } from "../../helpers/reference-reader.ts";

// The reader and JSON.parse have to give the same answer for whatever is in a file. ROLECALL_FUZZ_LINES=1000000 makes a long run of it,
// and ROLECALL_FUZZ_SEED another one.
const LINES = Number(process.env["ROLECALL_FUZZ_LINES"] ?? 6000);
const SEED = Number(process.env["ROLECALL_FUZZ_SEED"] ?? 1);
const LINES_IN_A_FILE = 100;

const FIXTURES = join(import.meta.dirname, "../../../fixtures");
const files = globSync("**/*.jsonl", { cwd: FIXTURES }).sort();

describe("the reader and JSON.parse", () => {
  it.each(files)("find the same in %s", (file) => {
    const bytes = readFileSync(join(FIXTURES, file));
    expect(readBytes(bytes)).toEqual(readSlowly(bytes));
  });

  it("find the same in a made-up corpus, whatever the order of its keys", () => {
    const random = createRandom(SEED);
    for (const session of makeSessions({ seed: SEED, projects: 2, sessions: 6, bytes: 4e5 }))
      for (const { path, text } of session) {
        if (!path.endsWith(".jsonl")) continue;
        const lines = text.split("\n").filter((line) => line.length < LONGEST_LINE);
        const others = [lines, lines.map((line) => reorder(line, random)), lines.map(spaced)];
        for (const bytes of others.map((all) => Buffer.from(all.join("\n"))))
          expect(readBytes(bytes)).toEqual(readSlowly(bytes));
      }
  });
});

const LONGEST_LINE = 6000;

function spaced(line: string): string {
  return line === "" ? "" : JSON.stringify(JSON.parse(line), null, 1).replaceAll("\n", " ");
}

/** Lines of the fixtures, each once. */
const seeds = [
  ...new Set(files.flatMap((file) => readFileSync(join(FIXTURES, file), "utf8").split("\n"))),
].filter((line) => line.length > 2 && line.length < LONGEST_LINE);

/** Makes files of lines that are each what `change` makes of one of the fixtures, or as they are. */
function* filesOf(change: (line: string, random: Random) => string): Generator<Buffer> {
  const random = createRandom(SEED);
  for (let file = 0; file * LINES_IN_A_FILE < LINES / 3; file++) {
    const lines = Array.from({ length: LINES_IN_A_FILE }, () => {
      const line = random.pick(seeds);
      return random.chance(0.75) ? change(line, random) : line;
    });
    yield Buffer.from(lines.join("\n"));
  }
}

describe("lines that no client writes", () => {
  it.each<[string, (line: string, random: Random) => string]>([
    ["are damaged", (line, random) => damage(line, random.pick(seeds), random)],
    ["have other values", estrange],
    ["are several on one line", (line, random) => line + random.pick(["", " ", "\r"]) + random.pick(seeds)],
  ])("are read as JSON.parse reads them when they %s", (_, change) => {
    for (const bytes of filesOf(change)) expect(readBytes(bytes)).toEqual(readSlowly(bytes));
  });
});
