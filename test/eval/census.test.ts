import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { JudgedTask } from "../../src/domain/judged-task.ts";
import { FIRST_READINGS } from "./agreement.ts";
import { joinReadings, matchLabels, readLabels } from "./labelled-turns.ts";
import { renderReport, scoreTurns, type LabelledTurn, type TurnLabel } from "./score-turns.ts";

const labels = (file: string) => readLabels(join(import.meta.dirname, file));
const nameOf = ({ session, turn }: { session: string; turn: number }) => `${session.slice(0, 8)} ${turn}`;

const labelOf = (outcome: TurnLabel["outcome"], turn = 0): TurnLabel => ({
  session: "00000000",
  turn,
  outcome,
  weight: 1,
});

const turn = (said: "failed" | "reworked", got: JudgedTask["outcome"]): LabelledTurn => ({
  label: labelOf([said]),
  task: {
    outcome: got,
    categories: { category: "git", complexity: "mechanical", from: [] },
  } as unknown as JudgedTask,
});

describe("the labels of the census", () => {
  const census = labels("census-labels.json");

  it("are of sessions whose hash begins with 8 to f, and each turn counts once", () => {
    expect(census).toHaveLength(674);
    expect(census.filter(({ session }) => !/^[89a-f]/.test(session))).toEqual([]);
    expect(new Set(census.map(nameOf)).size).toBe(674);
    expect(new Set(census.map(({ weight, half }) => `${weight} ${half}`))).toEqual(new Set(["1 census"]));
  });

  it("are of turns without a label in the other files", () => {
    const others = ["labels.json", "held-out-labels.json"].flatMap(labels);
    const known = new Set(others.map(nameOf));
    expect(census.filter((label) => known.has(nameOf(label)))).toEqual([]);
    expect(others.filter(({ session }) => /^[89a-f]/.test(session))).toHaveLength(366);
  });

  it("share no session with those that rules were written with, and no held-out turn is among these", () => {
    const dev = labels("dev-census-labels.json");
    const heldOut = new Set(labels("held-out-labels.json").map(nameOf));
    expect(dev).toHaveLength(1005);
    expect(dev.filter(({ session }) => !/^[0-7]/.test(session))).toEqual([]);
    expect(dev.filter((label) => heldOut.has(nameOf(label)))).toEqual([]);
  });

  it("have 60 turns that were read again and 150 readings of turns of the other files", () => {
    const sets = Map.groupBy(labels("second-labels.json"), ({ half }) => half ?? "other reader");
    expect([...sets].map(([set, { length }]) => [set, length])).toEqual([
      ["other reader", 90],
      ["census again", 60],
      ["census reader", 150],
    ]);
  });
});

it("turns of new histories have two readings each, and are of sessions that no other file has", () => {
  const readings = labels("new-labels.json");
  const turns = Map.groupBy(readings, nameOf);
  expect([...turns.values()].every(({ length }) => length === 2)).toBe(true);
  expect(joinReadings(readings.filter(({ half }) => half === "new-1"))).toHaveLength(307);
  expect(joinReadings(readings.filter(({ half }) => half === "new-2"))).toHaveLength(186);
  const known = new Set(
    [...FIRST_READINGS, "settled-labels.json"].flatMap(labels).map(({ session }) => session),
  );
  expect(readings.filter(({ session }) => known.has(session))).toEqual([]);
});
describe("the second reading", () => {
  const again = labels("settled-labels.json");
  const first = FIRST_READINGS.flatMap(labels);

  it("is of 454 turns, 212 and 242 of the halves by the session's hash, and each has a first reading", () => {
    const halves = Map.groupBy(again, ({ session, half }) => `${/^[0-7]/.test(session)} ${half}`);
    expect([...halves].map(([half, { length }]) => [half, length])).toEqual([
      ["true settled-a", 212],
      ["false settled-b", 242],
    ]);
    const known = new Set(first.map(nameOf));
    expect(again.filter((label) => !known.has(nameOf(label)))).toEqual([]);
  });

  it("covers all turns that the first reading calls failed or reworked", () => {
    const read = new Set(again.map(nameOf));
    const errors = first.filter(({ outcome }) => outcome[0] === "failed" || outcome[0] === "reworked");
    expect(errors.filter((label) => !read.has(nameOf(label)))).toEqual([]);
  });

  it("is joined with the first: its choice leads, and a turn with another first choice is disputed", () => {
    const joined = joinReadings([
      labelOf(["reworked", "accepted"], 0),
      labelOf(["accepted"], 1),
      labelOf(["accepted", "unknown"], 0),
      labelOf(["accepted"], 1),
    ]);
    expect(joined.map(({ outcome, disputed }) => ({ outcome, disputed }))).toEqual([
      { outcome: ["accepted", "unknown", "reworked"], disputed: true },
      { outcome: ["accepted"], disputed: false },
    ]);
  });
});

describe("the score of failed and reworked turns", () => {
  const turns = [turn("failed", "reworked"), turn("reworked", "accepted"), turn("reworked", "unknown")];

  it("separates those that are called so from those that are called accepted", () =>
    expect(scoreTurns(turns).errors).toMatchObject({ turns: 3, found: 1, accepted: 1 }));

  it("counts a disputed turn neither as found nor as missed", () => {
    const disputed = turn("reworked", "reworked");
    disputed.label.disputed = true;
    const missed = turn("reworked", "accepted");
    missed.label.disputed = true;
    expect(scoreTurns([...turns, disputed, missed]).errors).toEqual({
      turns: 3,
      found: 1,
      accepted: 1,
      called: 2,
      disputed: 1,
    });
  });

  it("prints both with their 95 % interval", () =>
    expect(renderReport(scoreTurns(turns), turns, false)).toContain(
      "failed or reworked and called so: 1 of 3 (33.3 %, 95 % interval 6.1 % to 79.2 %)",
    ));

  it("leaves out a label whose turn the rules did not see", () =>
    expect(scoreTurns(matchLabels([turn("failed", "failed").label], [])).errors.turns).toBe(0));
});
