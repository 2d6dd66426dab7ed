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

describe("a report after others changed something", () => {
  it("is about the turn that most of the changed lines are of", async () => {
    const turns = await judge(`
> Show the stock as a table
edit src/stock.js | a | const name = row.name;
edit src/stock.js | b | const count = row.count;
> Make the title larger
edit src/stock.js | c | const title = large;
> the page fails now, and the table is broken now
edit src/stock.js | const name = row.name; | const name = item.name;
edit src/stock.js | const count = row.count; | const count = item.count;
edit src/stock.js | const title = large; | const title = item.title;`);
    expect(turns.slice(0, 1)).toMatchObject([
      { outcome: "reworked", why: "a later prompt reports that it does not work" },
    ]);
  });

  it("is about a turn that had left the checks green, if they still fail", async () => {
    const turns = await judge(`
> Run the linter and fix what it finds
run npm run lint :: 0 :: no problems
> Describe the flag in the manual
edit docs/flags.md | a | flag
> the checks on the PR are still failing
edit src/flags.js | a | sorted`);
    expect(turns[0]).toMatchObject({
      outcome: "reworked",
      strength: "strong",
      why: "a later prompt reports that the checks still fail",
    });
  });

  it("is not about checks that a commit ran on the way", async () => {
    const turns = await judge(`
> commit it
run npm test && git commit -m wip :: 0 :: 12 passing
> Describe the flag in the manual
edit docs/flags.md | a | flag
> the integration tests are still failing
edit src/flags.js | a | sorted`);
    expect(turns[0]).toMatchObject({ outcome: "accepted" });
  });
});

describe("a report of a failure", () => {
  it("is about the turn whose lines the next turn changes, if the one that it asked was stopped", async () => {
    const turns = await judge(`
> Add a suite for the importer
edit test/importer.test.js | a | connect
run npm run lint :: 0 :: no problems
> --- FAIL: importer
esc
> you can start the service with make serve
edit test/importer.test.js | connect | serveAndConnect`);
    expect(turns[0]).toMatchObject({
      outcome: "reworked",
      why: "the next prompt reports that it does not work",
    });
  });

  it.each([
    ["of tests, if its lines are changed for it", "npm test", "12 passing", "reworked"],
    ["not of the linter: it has a finding about style", "npm run lint", "no problems", "accepted"],
  ])(
    "on another machine counts although the checks are green here: %s",
    async (_, check, prints, outcome) => {
      const turns = await judge(`
> Walk the chain of parents
edit src/chain.js | a | walk(parent)
> the CI run fails
run ${check} :: 0 :: ${prints}
edit src/chain.js | walk(parent) | walkChecked(parent)`);
      expect(turns[0]).toMatchObject({ outcome });
    },
  );
});

describe("work that is changed back", () => {
  const wrote = `
> Make the notices shorter
edit src/notices.js | const notice = name + unit; | const notice = name;`;

  it.each([
    ["on request, in the next turn", "> bring the unit back", "the next turn"],
    [
      "on request, after other work",
      "> Sort them\nedit src/sort.js | a | b\n> put the unit back",
      "a later turn",
    ],
    [
      "because the model starts with that",
      "> units matter to our readers\nsays Let me revert this part.",
      "the next turn",
    ],
  ])("is reworked: %s", async (_, script, which) => {
    const turns = await judge(`${wrote}
${script}
edit src/notices.js | const notice = name; | const notice = name + unit;`);
    expect(turns[0]).toMatchObject({
      outcome: "reworked",
      strength: "strong",
      why: `${which} changed it back`,
    });
  });

  it.each([
    ["nothing of it is given back", "> bring the icon back", "edit src/notices.js | x | icon"],
    [
      "the user changed their mind",
      "> we changed our minds, bring the unit back",
      "edit src/notices.js | const notice = name; | const notice = name + unit;",
    ],
    [
      "it is put back again, to commit in steps",
      "> commit both in two commits\nsays Let me revert the notices for the first one.",
      `edit src/notices.js | const notice = name; | const notice = name + unit;
run git commit -m one :: 0
edit src/notices.js | const notice = name + unit; | const notice = name;
run git commit -m two :: 0`,
    ],
  ])("is accepted if %s", async (_, prompt, steps) => {
    const turns = await judge(`${wrote}\n${prompt}\n${steps}`);
    expect(turns[0]).toMatchObject({ outcome: "accepted" });
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

  it.each([
    ["reports what it sees, and the model names a fault", "why does the page show 45", "reworked"],
    ["only asks", "where is it set?", "accepted"],
  ])("concedes an answer with praise for the user who %s", async (_, prompt, outcome) => {
    const turns = await judge(`
> Is the default of the timeout right?
answers Yes, it is 30 seconds.
> ${prompt}
answers Good catch. The problem is that two places set it.`);
    expect(turns[0]).toMatchObject({ outcome });
  });

  it("finds a fault also if it praises the user for the catch", async () => {
    const turns = await judge(`
> Limit the timeout
edit src/timeout.js | a | limit
> and in the browser?
says Good catch, the issue is that the browser counts in seconds.
edit src/timeout.js | limit | limitInSeconds`);
    expect(turns[0]).toMatchObject({
      outcome: "reworked",
      strength: "weak",
      why: "the next answer finds a fault, and its files were changed",
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
