import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { AT, WIDTH } from "../../../src/domain/file-scan.ts";
import * as layout from "../../../src/transcripts/reader/layout.ts";
import { compileWalk, createWalk } from "../../../src/transcripts/reader/module.ts";
import { NAMES } from "../../../src/transcripts/reader/names.ts";

const entries = Object.entries(layout);
const numbersOf = (prefix: string) =>
  entries.filter(([name]) => name.startsWith(prefix)).map(([, number]) => number);

describe("the memory map", () => {
  it("begins behind AssemblyScript's own data", () => {
    const { dataEnd } = createWalk(compileWalk());
    expect(dataEnd.value).toBeGreaterThan(0);
    expect(dataEnd.value).toBeLessThanOrEqual(layout.TEXT);
  });

  it("has room for each area, on addresses that its numbers need", () => {
    const areas = [
      [layout.TEXT, layout.TEXT_BYTES],
      [layout.STATE, 8 * layout.STATE_SLOTS],
      [layout.FIELDS, 8 * layout.FIELD_SLOTS],
      [layout.NAMES, layout.NAME_SLOTS * layout.NAME_BYTES],
      [layout.CONTEXTS, layout.CONTEXT_SLOTS * layout.CONTEXT_BYTES],
      [layout.CONTEXT_TEXT, layout.CONTEXT_TEXT_BYTES],
      [layout.FOLDER, layout.FOLDER_BYTES],
      [layout.ROWS, layout.ROW_SLOTS * layout.ROW_BYTES],
      [layout.KEYS, layout.KEYS_BYTES],
      [layout.HASHES, layout.HASHES_BYTES],
    ] as const;
    const ends = areas.map(([begin, bytes]) => begin + bytes);
    expect([...areas.slice(1).map(([begin]) => begin), layout.LINES]).toEqual(ends);
    for (const [begin] of areas) expect(begin % 8).toBe(0);
  });

  it("is in docs/reader.md as it is", () => {
    const text = readFileSync(join(import.meta.dirname, "../../../docs/reader.md"), "utf8");
    const documented = [...text.matchAll(/^\| +(\d+) \| `([A-Z_]+)`/gm)].map(([, address, name]) => [
      name,
      Number(address),
    ]);
    expect(documented.length).toBeGreaterThan(8);
    for (const [name, address] of documented)
      expect([name, entries.find(([key]) => key === name)?.[1]]).toEqual([name, address]);
  });

  it("has the columns of a request", () => {
    expect(layout.ROW_BYTES).toBe(8 * WIDTH);
    for (const [column, place] of Object.entries(AT)) {
      const name = `COLUMN_${column.replaceAll(/([A-Z]|(?<=Write)\d)/g, "_$1").toUpperCase()}`;
      expect([name, new Map(entries).get(name)]).toEqual([name, place]);
    }
  });

  it("has a number of its own for each slot, field and question", () => {
    for (const prefix of ["STATE_", "FIELD_", "ASK_", "ENTRY_", "EVENTS_", "BLOCK_", "COLUMN_"]) {
      const numbers = numbersOf(prefix).filter(
        (number) => prefix !== "STATE_" || number !== layout.STATE_SLOTS,
      );
      expect([prefix, new Set(numbers).size]).toEqual([prefix, numbers.length]);
    }
    const fields = entries.filter(([name]) => name.startsWith("FIELD_") && name !== "FIELD_SLOTS");
    for (const [name, number] of fields) expect([name, number < layout.ECHO]).toEqual([name, true]);
  });

  it("has room for every name, each once in its place", () => {
    expect(NAMES.length).toBeLessThan(layout.NAME_SLOTS / 2);
    for (const { name } of NAMES) expect(name.length).toBeLessThanOrEqual(layout.LONGEST_NAME);
    expect(new Set(NAMES.map(({ place, name }) => `${place} ${name}`)).size).toBe(NAMES.length);
  });
});
