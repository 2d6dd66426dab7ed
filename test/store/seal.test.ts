import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { sumPages } from "../../src/store/page-sums.ts";
import { temporaryFolder } from "../helpers/spend.ts";

/** The locks of all processes, where the system lists them. */
const LOCKS = "/proc/locks";

it.runIf(existsSync(LOCKS))("a store that compared its pages has its lock still", () => {
  const file = join(temporaryFolder(), "rolecall.db");
  const first = openStore(file);
  first.db.exec("INSERT INTO meta VALUES ('kept', 1)");
  first.close();
  const seal = JSON.parse(readFileSync(`${file}.seal`, "utf8")) as object;
  writeFileSync(`${file}.seal`, JSON.stringify({ ...seal, day: "2026-01-01" })); // so all pages are compared
  const store = openStore(file);
  expect(readFileSync(`${file}.seal`, "utf8")).not.toContain("2026-01-01");
  const locks = readFileSync(LOCKS, "utf8").split("\n");
  expect(
    locks.filter((line) => line.includes(` ${process.pid} `) && line.includes(`:${statSync(file).ino} `)),
  ).toHaveLength(1);
  store.close();
});

interface Seal {
  day: string;
  mtimeMs: number;
  pageSize: number;
  pages: string;
}

const readSeal = (file: string) => JSON.parse(readFileSync(`${file}.seal`, "utf8")) as Seal;
const changeSeal = (file: string, part: Partial<Seal>) =>
  writeFileSync(`${file}.seal`, JSON.stringify({ ...readSeal(file), ...part }));

/** Gives a store, and its seal, a time of last week. */
function age(file: string): void {
  utimesSync(file, LAST_WEEK, LAST_WEEK);
  changeSeal(file, { mtimeMs: statSync(file).mtimeMs });
}

const LAST_WEEK = Date.now() / 1000 - 7 * 86_400;

function addRows(file: string, first: number, count: number): void {
  const store = openStore(file);
  const insert = store.db.prepare("INSERT INTO meta VALUES (?, ?)");
  store.writing(() => {
    for (let row = first; row < first + count; row++) insert.run(`row ${row}`, "x".repeat(500));
  });
  store.close();
}

const sealed = (file: string) => [
  ...new Uint32Array(Uint8Array.from(Buffer.from(readSeal(file).pages, "base64")).buffer),
];

describe("a store of many pages that is changed a little", () => {
  const file = join(temporaryFolder(), "rolecall.db");
  addRows(file, 1000, 2000);

  it.each([1, 700, 3000])("is sealed with the checksums of all its pages, %i rows more", (count) => {
    age(file);
    addRows(file, 10_000 * count, count);
    expect(sealed(file)).toEqual([...sumPages(file, readSeal(file).pageSize)]);
  });

  it("is sealed with all of them after two writers in turn", () => {
    age(file);
    const [one, other] = [openStore(file), openStore(file)];
    const write = (store: typeof one, key: string) =>
      store.writing(() => store.db.prepare("INSERT INTO meta VALUES (?, ?)").run(key, "x".repeat(40_000)));
    write(one, "a");
    write(other, "b");
    other.close();
    write(one, "c");
    one.close();
    expect(sealed(file)).toEqual([...sumPages(file, readSeal(file).pageSize)]);
  });

  it("keeps the checksums of pages that were not written, so that damage there is found", () => {
    age(file);
    const { pageSize } = readSeal(file);
    const bytes = readFileSync(file);
    const place = 40 * pageSize + 300;
    bytes[place] = (bytes[place] as number) ^ 1;
    writeFileSync(file, bytes);
    age(file);
    addRows(file, 5, 1);
    const now = sumPages(file, pageSize);
    expect(sealed(file).flatMap((sum, page) => (sum === now[page] ? [] : [page]))).toEqual([40]);
    changeSeal(file, { day: "2026-01-01" }); // so all pages are compared
    const store = openStore(file);
    expect(store.notices.join()).toContain("damaged");
    store.close();
  });
});
