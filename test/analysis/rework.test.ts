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
});
