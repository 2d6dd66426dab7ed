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

const THERE_AND_BACK =
  "session pair fable sdk plan\n> Plan it\nmode default\n/resume haiku\n> Do it\nmode plan\n/resume fable\n> Plan more";

it("opusplan on other models than Opus and Sonnet is known by going there and back", async () =>
  expect(await causes("pair", THERE_AND_BACK)).toEqual([
    "plan-mode (plan mode left)",
    "plan-mode (plan mode entered)",
  ]));

it("a third model in between shows that the models were chosen by hand", async () =>
  expect(await causes("by-hand", `${THERE_AND_BACK}\n/resume opus\n> Plan the rest`)).toEqual([
    "resume (resume)",
    "resume (resume)",
    "resume (resume)",
  ]));

it("a sub-agent that goes on with another model after a refusal was refused, not overloaded", async () =>
  expect(
    await causes(
      "refused",
      "session refused opus\n> Check it\nagent Explore opus: Look at it\nread a.js\nrefused-on sonnet\nread b.js\nend",
    ),
  ).toEqual(["refusal (refusal)"]));
