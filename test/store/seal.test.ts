import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openStore } from "../../src/store/open.ts";
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
