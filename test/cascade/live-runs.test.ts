import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NO_USAGE } from "../../src/domain/usage.ts";
import type { Attempt } from "../../src/domain/attempt.ts";
import { beginRun, sweepRuns } from "../../src/cascade/live-runs.ts";

const ATTEMPT: Attempt = {
  id: "a1",
  run: "dead",
  source: "cascade",
  taskType: "cascade",
  policy: "cascade",
  index: 0,
  step: 0,
  cause: "first",
  provider: "anthropic",
  model: "claude-haiku-5-5",
  streamed: true,
  at: 0,
  delayMs: 0,
  latencyMs: 0,
  result: "aborted",
  usage: NO_USAGE,
};

let place: string;
beforeEach(() => {
  place = join(mkdtempSync(join(tmpdir(), "rolecall-runs-")), "cascades");
  mkdirSync(place);
});

afterEach(() => rmSync(dirname(place), { recursive: true, force: true }));

/** A run whose owner has ended. */
async function abandon(id: string, state: object = { attempt: ATTEMPT }): Promise<void> {
  const folder = join(place, id);
  const owner = spawn("true");
  await new Promise((resolve) => owner.once("close", resolve));
  mkdirSync(join(folder, "1/project"), { recursive: true });
  writeFileSync(join(folder, "run.json"), JSON.stringify({ owner: { pid: owner.pid }, mark: id, ...state }));
}

describe("runs that are going on", () => {
  it("a run takes its folder away when it ends", async () => {
    const run = await beginRun(place, "one");
    writeFileSync(join(run.folder, "file"), "x");
    await run.remove();
    expect(readdirSync(place)).toEqual([]);
  });

  it("the next start clears what a killed one left, returns its attempt, and leaves living runs alone", async () => {
    await abandon("dead");
    const living = await beginRun(place, "living");
    living.note({ attempt: ATTEMPT });
    expect(await sweepRuns(place)).toEqual({ attempts: [ATTEMPT], kept: [] });
    expect(readdirSync(place)).toEqual(["living"]);
    expect(await sweepRuns(place)).toEqual({ attempts: [], kept: [] });
  });

  it("a folder whose record is unreadable goes once it is too old to be in the making", async () => {
    for (const name of ["young", "old"]) {
      mkdirSync(join(place, name));
      writeFileSync(join(place, name, "run.json"), "{");
    }
    utimesSync(join(place, "old"), 1, 1);
    await sweepRuns(place);
    expect(readdirSync(place)).toEqual(["young"]);
  });

  it("a copy that passed its check and was not kept yet is moved to where nothing removes it", async () => {
    await abandon("dead", { won: "1" });
    const kept = join(dirname(place), "unread/dead");
    try {
      expect(await sweepRuns(place)).toEqual({ attempts: [], kept: [kept] });
      expect(readdirSync(kept)).toEqual(["project"]);
      expect(readdirSync(place)).toEqual([]);
    } finally {
      rmSync(dirname(kept), { recursive: true });
    }
  });

  it("where nothing ever ran there is nothing to clear", async () => {
    expect(await sweepRuns(join(place, "nowhere"))).toEqual({ attempts: [], kept: [] });
  });
});
