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

/** `planned: 1 on opus, 2 on sonnet; other: …` of one session. */
async function planning(name: string, script: string): Promise<string | undefined> {
  const folder = join(root, name);
  writeTaskScript(script, name, folder);
  const [analysis] = await analyzeFolder(folder);
  const found = analysis?.planning;
  const side = (of: "planned" | "executed") =>
    `${found?.[of].opus.requests} on opus, ${found?.[of].sonnet.requests} on sonnet`;
  return found && `planned: ${side("planned")}; other: ${side("executed")}`;
}

it.each([
  [
    "never-on-opus",
    "a session on opusplan counts, also if its plan never reached Opus",
    "session never-on-opus sonnet\n/model opusplan\nmode plan\n> Plan it\nmode default\n> Do it",
    "planned: 0 on opus, 1 on sonnet; other: 0 on opus, 1 on sonnet",
  ],
  [
    "left",
    "what runs after another choice of model does not count",
    "session left sonnet\n/model opusplan\nmode plan\n> Plan it\nmode default\n/model opus\n> Do it\n> And this",
    "planned: 0 on opus, 1 on sonnet; other: 0 on opus, 0 on sonnet",
  ],
  [
    "by-hand",
    "a plan on Sonnet without opusplan does not count",
    "session by-hand sonnet\nmode plan\n> Plan it\nmode default\n> Do it",
    undefined,
  ],
  [
    "haiku-plans",
    "a Haiku session that plans on Sonnet does not count",
    "session haiku-plans haiku\n> Look\nmode plan\n/resume sonnet\n> Plan it\nmode default\n/resume haiku\n> Do it",
    undefined,
  ],
] as const)("%s: %s", async (name, _claim, script, wanted) => {
  expect(await planning(name, script)).toBe(wanted);
});
