import { cpSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { periodOfDays } from "../../src/domain/period.ts";
import { readJudged } from "../../src/history/judged.ts";
import { type OpenedHistory, openHistory } from "../../src/history/open-history.ts";
import { DEMO_NOW, DEMO_ROOT } from "../../src/history/workspace.ts";
import { readOverview } from "../../src/operations/overview.ts";
import { dismiss, readAdvice } from "../../src/operations/recommend.ts";
import { readRoles } from "../../src/operations/roles.ts";
import { readSavings } from "../../src/operations/savings.ts";
import { writeHandOutcome } from "../../src/store/hand-outcomes.ts";
import { writeTree } from "../helpers/tree.ts";

const period = periodOfDays("2026-10-22", undefined, "UTC");
const DAY_MS = 86_400_000;

/** The demo as a history of one's own, whose store is kept. */
function copyDemo(): string {
  const folder = writeTree({});
  cpSync(join(DEMO_ROOT, "projects"), join(folder, "projects"), { recursive: true });
  return folder;
}

const open = (folder: string) =>
  openHistory({ claudeDirs: [folder], db: join(folder, "rolecall.db") }, process.env, folder);

const read = async (history: OpenedHistory, now = DEMO_NOW) => ({
  advice: readAdvice(history, period, now),
  roles: readRoles(history, period, now),
  tiers: (await readOverview(history, period, {}, now)).tiers,
  savings: { ...readSavings(history, period, {}, { hourlyRate: 100 }) }, // reads the tasks now
});

/** Takes away what answers are made from, so that only kept ones are left. */
function emptyTasks({ store }: OpenedHistory): void {
  store.db.exec("DELETE FROM task_bill; DELETE FROM task_evidence; DELETE FROM task");
}

describe("kept advice", () => {
  it("is what was made of the tasks, until the day changes", async () => {
    const folder = copyDemo();
    const first = await open(folder);
    const made = await read(first);
    expect(made.advice.recommendations.length).toBeGreaterThan(0);
    first.close();
    const second = await open(folder);
    const tasks = second.store.db.prepare("SELECT count(*) FROM task").pluck().get();
    expect(tasks).toBeGreaterThan(0);
    expect(await read(second)).toEqual(made);
    emptyTasks(second);
    expect((await readOverview(second, period, {}, DEMO_NOW)).tiers).toEqual(made.tiers);
    expect(readSavings(second, period, {}).groups).toEqual(made.savings.groups);
    expect(readAdvice(second, period, DEMO_NOW + DAY_MS).tasks).toBe(0);
    second.close();
  });

  it("is made again after a verdict of the user, a dismissal, or another policy", async () => {
    const history = await open(copyDemo());
    const made = await read(history);
    const known = ({ roles }: typeof made) => roles.groups.flatMap(({ cells }) => cells);
    const task = readJudged(history, period)
      .flatMap(({ tasks }) => tasks)
      .find(({ kind, outcome, key }) => kind === "agent-run" && outcome === "accepted" && key !== "");
    const verdict = { session: task?.session ?? "", inferred: "accepted", at: DEMO_NOW };
    writeHandOutcome(history.store, { task: task?.key ?? "", verdict: "bad", ...verdict });
    const accepted = (of: typeof made) => known(of).reduce((sum, cell) => sum + cell.accepted, 0);
    expect(accepted(await read(history))).toBeLessThan(accepted(made));

    dismiss(history, made.advice.recommendations.slice(0, 1), DEMO_NOW);
    expect(readAdvice(history, period, DEMO_NOW).dismissed).toBeGreaterThan(made.advice.dismissed);

    const strict = { ...history, policy: { ...history.policy, tolerance: 0 } };
    expect(readAdvice(strict, period, DEMO_NOW).recommendations).not.toEqual(
      readAdvice(history, period, DEMO_NOW).recommendations,
    );
    history.close();
  });
});
