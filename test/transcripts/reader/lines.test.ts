import { appendFileSync, closeSync, fstatSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { AT, type ReadTo, WIDTH } from "../../../src/domain/file-scan.ts";
import { findRequests } from "../../../src/transcripts/reader/find-requests.ts";
import { WANT_REQUESTS } from "../../../src/transcripts/reader/layout.ts";
import { type LinesRead, readLines } from "../../../src/transcripts/reader/lines.ts";
import { compileWalk } from "../../../src/transcripts/reader/module.ts";
import { createReader } from "../../../src/transcripts/reader/reader.ts";
import { createSideChains } from "../../../src/transcripts/side-chains.ts";
import { answer, toolResult } from "../../helpers/lines.ts";
import { temporaryFolder } from "../../helpers/spend.ts";

const START: ReadTo = { offset: 0, line: 0, unterminated: false };

/** Reads a file from some place, with a reader of its own. */
function read(path: string, from = START): LinesRead & { keys: string[]; lines: number[]; memory: number } {
  const reader = createReader(compileWalk());
  reader.walk.startFile();
  const finder = findRequests(reader, {
    firstAt: Number.NaN,
    chains: createSideChains(),
    earlier: () => ({ entries: [], line: 0 }),
  });
  const fd = openSync(path, "r");
  const result = readLines(
    reader,
    { fd, from, size: fstatSync(fd).size, wanted: WANT_REQUESTS },
    finder.onAsk,
  );
  closeSync(fd);
  const { keys, numbers } = finder.take();
  return {
    ...result,
    keys: keys.split("\n").filter(Boolean),
    lines: [...numbers].filter((_, index) => index % WIDTH === AT.line),
    memory: reader.bytes.length,
  };
}

function fileOf(text: string): string {
  const path = join(temporaryFolder(), "lines.jsonl");
  writeFileSync(path, text);
  return path;
}

describe("lines", () => {
  it("end at \\n, with or without a \\r", () => {
    const text = `${answer(1)}\r\n\r\n${answer(2)}\n\n \n${answer(3)}\n`;
    expect(read(fileOf(text))).toMatchObject({
      keys: ["msg_011", "msg_012", "msg_013"],
      lines: [1, 3, 6],
      readTo: { offset: text.length, line: 6, unterminated: false },
    });
  });

  it("may end anywhere in what is read at once", () => {
    const chunk = 1 << 20;
    for (const off of [-2, -1, 0, 1, 2]) {
      const filler = toolResult("y".repeat(chunk - answer(1).length - toolResult("").length - 2 + off));
      const text = `${answer(1)}\n${filler}\n${answer(2)}\n`;
      expect(read(fileOf(text))).toMatchObject({ keys: ["msg_011", "msg_012"], lines: [1, 3] });
    }
  });

  it("without a line break count if they are whole, and start no other line when it comes", () => {
    for (const end of ["\n", "\r\n"]) {
      const path = fileOf(`${answer(1)}\n${answer(2)}`);
      const first = read(path);
      expect(first).toMatchObject({ keys: ["msg_011", "msg_012"], readTo: { line: 2, unterminated: true } });
      appendFileSync(path, `${end}${answer(3)}${end}`);
      expect(read(path, first.readTo)).toMatchObject({
        keys: ["msg_013"],
        lines: [3],
        readTo: { line: 3, unterminated: false },
      });
    }
  });

  it("without a line break may get it in two steps", () => {
    const path = fileOf(answer(1));
    const first = read(path);
    appendFileSync(path, "\r");
    const second = read(path, first.readTo);
    expect(second.readTo).toEqual(first.readTo);
    appendFileSync(path, `\n${answer(2)}\n`);
    expect(read(path, second.readTo)).toMatchObject({ keys: ["msg_012"], lines: [2] });
  });

  it("that are torn are left for the next time", () => {
    const path = fileOf(`${answer(1)}\n${answer(2).slice(0, 200)}`);
    const first = read(path);
    expect(first).toMatchObject({ keys: ["msg_011"], readTo: { offset: answer(1).length + 1, line: 1 } });
    appendFileSync(path, `${answer(2).slice(200)}\n`);
    expect(read(path, first.readTo)).toMatchObject({ keys: ["msg_012"], lines: [2] });
  });
});

describe("very long lines", () => {
  const BOUND = 13 << 20;

  it("of one text are read in little memory", () => {
    const long = '\\"é漢 '.repeat(5e6);
    const text = `${answer(1)}\n${toolResult(long)}\n${answer(2, 60, long)}\n${answer(3)}`;
    const result = read(fileOf(text));
    expect(result).toMatchObject({ keys: ["msg_011", "msg_012", "msg_013"], lines: [1, 3, 4], tooLong: 0 });
    expect(result.readTo).toEqual({ offset: Buffer.byteLength(text), line: 4, unterminated: true });
    expect(result.memory).toBeLessThan(BOUND);
  });

  it("of short texts are read as well", () => {
    const line = answer(1).replace('"cwd"', `"list":[${'[1,"a"],'.repeat(1.5e6)}0],"cwd"`);
    expect(line.length).toBeGreaterThan(12e6);
    expect(read(fileOf(`${line}\n${answer(2)}\n`))).toMatchObject({
      keys: ["msg_011", "msg_012"],
      lines: [1, 2],
    });
  });

  it("are passed over and counted if they stay long", () => {
    const line = answer(1).replace('"cwd"', `"list":[${'[1,"a"],'.repeat(9e6)}0],"cwd"`);
    expect(line.length).toBeGreaterThan(70e6);
    const text = `${answer(2)}\n${line}\n${answer(3)}\n`;
    const result = read(fileOf(text));
    expect(result).toMatchObject({ keys: ["msg_012", "msg_013"], lines: [1, 3], tooLong: 1 });
    expect(result.readTo).toEqual({ offset: text.length, line: 3, unterminated: false });
  });
});
