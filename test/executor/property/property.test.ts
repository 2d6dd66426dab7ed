import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ScriptedApi, startScriptedApi } from "../../helpers/scripted-api.ts";
import { playRuns } from "./play.ts";

/** Each executor makes ten runs. PROPERTY_RUNS=10000 plays the long form. */
const EXECUTORS = Number(process.env["PROPERTY_RUNS"] ?? 200) / 10;
const SEED = Number(process.env["PROPERTY_SEED"] ?? 1);

let api: ScriptedApi;
beforeAll(async () => {
  api = await startScriptedApi({ keepBodies: true });
});
afterAll(() => api.stop());

const checkFolders = (): string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith("rolecall-check-"));
const resources = (): string[] =>
  process.getActiveResourcesInfo().filter((name) => name === "Timeout" || name === "ProcessWrap");

describe("the executor and a model of it", () => {
  it("agree on attempts, order, waits, money and end, and on what the API saw; nothing is left behind", async () => {
    const before = { folders: checkFolders(), resources: resources() };
    const { wrong, left, ends, runs, attempts, undecided } = await playRuns(api, SEED, EXECUTORS);
    console.log(`${runs} runs, ${attempts} attempts, ${undecided} undecided: ${JSON.stringify(ends)}`);
    if (wrong[0]) console.log(JSON.stringify(wrong[0], null, 1));
    expect(wrong.map(({ seed }) => seed)).toEqual([]);
    expect(left).toEqual([]);
    expect(checkFolders()).toEqual(before.folders);
    expect(resources().length).toBeLessThanOrEqual(before.resources.length);
    expect(undecided).toBeLessThan(runs / 10);
    // The runs are not all alike.
    expect(Object.keys(ends)).toEqual(expect.arrayContaining(["answered", "failed", "rejected", "refused"]));
  }, 600_000);
});
