import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { analyzeFolder } from "../helpers/analyses.ts";
import { writeTaskScript } from "../helpers/task-script.ts";

let root = "";
beforeEach(() => (root = mkdtempSync(join(tmpdir(), "rolecall-rework-"))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Judges the turns of one session. */
async function judge(script: string) {
  writeTaskScript(`session one sonnet\n${script}`, "rework", root);
  const [analysis] = await analyzeFolder(root);
  return (analysis?.tasks ?? []).map(({ outcome, strength, evidence }) => ({
    outcome,
    strength,
    why: evidence[0]?.why,
  }));
}

describe("a reported failure", () => {
  it("is about the earlier turn whose lines are changed for it, and not about the last one", async () => {
    const turns = await judge(`
> Show net prices
edit src/price.js | gross | net
> Sort the list by date
edit src/price.js | unsorted | sorted
> it somehow shows the wrong currency
edit src/price.js | net | netInCurrency`);
    expect(turns.slice(0, 2)).toMatchObject([
      { outcome: "reworked", why: "a later prompt reports that it does not work" },
      { outcome: "accepted" },
    ]);
  });

  it("is about the last turn that wrote the whole file", async () => {
    const turns = await judge(`
> Write a script that syncs the buckets
write ops/sync.sh | 70 lines
> Sync them one by one
write ops/sync.sh | 80 lines
> ERROR: no such bucket
edit ops/sync.sh | const value3 = compute(3); | const value3 = bucket;`);
    expect(turns.slice(0, 2)).toMatchObject([
      { outcome: "accepted" },
      { outcome: "reworked", why: "the next prompt reports that it does not work" },
    ]);
  });

  it("that other code was changed for is weak evidence", async () => {
    const turns = await judge(`
> Read the retry settings from the environment
edit src/settings.py | a | environ
> the pipeline fails now
edit deploy/values.yaml | a | RETRIES`);
    expect(turns[0]).toMatchObject({
      outcome: "reworked",
      strength: "weak",
      why: "the next prompt reports a failure, and other code was changed for it",
    });
  });
});

describe("the start of the next answer", () => {
  const AGREES = "You're right, the unit is seconds.";

  it.each([
    ["admits that it was wrong, and its files were changed", AGREES, "strong"],
    ["finds a fault, and its files were changed", "The root cause is the unit.", "weak"],
  ])("%s", async (why, says, strength) => {
    const turns = await judge(`
> Limit the timeout
edit src/timeout.js | a | limit
> and in the browser?
says ${says}
edit src/timeout.js | limit | limitInSeconds`);
    expect(turns[0]).toMatchObject({ outcome: "reworked", strength, why: `the next answer ${why}` });
  });

  it("concedes an answer if the user corrected it: that is weak evidence", async () => {
    const turns = await judge(`
> What is the unit of the timeout?
answers Milliseconds.
> you forgot that the default is 30
answers ${AGREES}`);
    expect(turns[0]).toMatchObject({
      outcome: "reworked",
      strength: "weak",
      why: "the next answer concedes that it was wrong",
    });
  });

  it.each([
    ["names a fault", "You're right, that's a problem."],
    ["looks again", "You're right, let me check the defaults more carefully."],
  ])("concedes an answer if the user doubts it and the model %s: that is weak evidence", async (_, says) => {
    const turns = await judge(`
> What is the unit of the timeout?
answers Milliseconds.
> but isn't the default 30?
answers ${says}`);
    expect(turns[0]).toMatchObject({
      outcome: "reworked",
      strength: "weak",
      why: "the next answer concedes that it was wrong",
    });
  });

  it("does not concede an answer if it only agrees with a doubt", async () => {
    const turns = await judge(`
> What is the unit of the timeout?
answers Milliseconds.
> but isn't the default 30?
answers You're right, it is 30 by default.`);
    expect(turns[0]).toMatchObject({ outcome: "accepted" });
  });

  it.each([
    ["a good idea is a new wish", "Good idea, a limit is simpler.", "accepted"],
    ["anything else is a doubt that had the work written again", "Looking at the limit.", "reworked"],
  ])("that calls the next prompt %s", async (_, says, outcome) => {
    const turns = await judge(`
> Retry failed uploads
edit src/upload.js | a | retry
> hmm, why not give up after a limit?
says ${says}
edit src/upload.js | retry | limit`);
    expect(turns[0]).toMatchObject({ outcome });
  });
});

describe("a red test of a build tag", () => {
  it.each([
    ["is not cleared by a run without the tag, which leaves it out", "go test ./...", "failed"],
    ["is cleared by a run with the tag", "go test -tags=integration ./...", "accepted"],
  ])("%s", async (_, check, outcome) => {
    const turns = await judge(`
> Round the totals
edit src/total.go | a | rounded
run go test -tags=integration ./pkg/total :: 1 :: --- FAIL: TestTotal (0.00s)\\nFAIL\tshop/pkg/total\t0.2s
run ${check} :: 0 :: ok  \tshop/pkg/total\t0.2s`);
    expect(turns).toMatchObject([{ outcome }]);
  });
});
