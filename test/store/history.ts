import { cpSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { spendOf, spendOfProcess } from "../helpers/spend-process.ts";
import { temporaryFolder } from "../helpers/spend.ts";

export const RECORDINGS = join(import.meta.dirname, "../../fixtures/recordings");

/** Makes a configuration folder out of recordings, and a store that has read it. */
export async function history() {
  const folder = temporaryFolder();
  const root = join(folder, "claude");
  for (const name of ["h-parallel", "h-nested", "f-resume-models", "k-settings"])
    cpSync(join(RECORDINGS, name, "projects"), join(root, name, "projects"), { recursive: true });
  const places = {
    roots: readdirSync(root).map((name) => join(root, name)),
    db: join(folder, "rolecall.db"),
  };
  return { folder, places, spend: await spendOf(places) };
}

/** Lists the damaged stores that were set aside in a folder. */
export const asideIn = (folder: string): string[] =>
  readdirSync(folder).filter((name) => /\.db\.corrupt-[-\d]+$/.test(name));

/** Lets several processes find the same damaged store at once; expects one of them to rebuild it. */
export async function expectRebuiltOnce(processes: number): Promise<void> {
  const { folder, places, spend } = await history();
  writeFileSync(places.db, "garbage".repeat(2000));
  const seen = await Promise.all(Array.from({ length: processes }, () => spendOfProcess(places)));
  expect(seen).toEqual(Array(processes).fill(spend));
  expect(asideIn(folder)).toHaveLength(1);
  expect(existsSync(`${places.db}.rebuilt`)).toBe(false);
}

/** Lets several processes find no store at once; expects one of them to make it. */
export async function expectCreatedOnce(processes: number): Promise<void> {
  const { folder, places, spend } = await history();
  const fresh = { ...places, db: join(folder, "new/folder/rolecall.db") };
  const seen = await Promise.all(Array.from({ length: processes }, () => spendOfProcess(fresh)));
  expect(seen).toEqual(Array(processes).fill(spend));
  expect(await spendOf(fresh)).toEqual(spend);
}
