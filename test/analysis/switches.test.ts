import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { analyzeFolder } from "../helpers/analyses.ts";
import { writeTaskScript } from "../helpers/task-script.ts";

const root = mkdtempSync(join(tmpdir(), "rolecall-switches-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** `resume (resume)` … of one session described step by step. */
async function causes(name: string, script: string): Promise<string[]> {
  const folder = join(root, name);
  writeTaskScript(script, name, folder);
  const analyses = await analyzeFolder(folder);
  return analyses.flatMap(({ switches }) => switches).map(({ cause, trigger }) => `${cause} (${trigger})`);
}

it("a session whose process was killed goes on by resume", async () =>
  expect(
    await causes("killed", "session killed sonnet\n> Build it\nkilled opus\n> And once more, please"),
  ).toEqual(["resume (resume)"]));

it("headless, only another process goes over to another model without a word", async () =>
  expect(
    await causes("headless", "session headless sonnet sdk\n> Build it\npicker opus\n> And once more, please"),
  ).toEqual(["resume (resume)"]));

it("the model picker on its own key is a command like /model", async () =>
  expect(
    await causes("picker", "session picker sonnet\n> Build it\npicker opus\n> And once more, please"),
  ).toEqual(["command (model picker)"]));
