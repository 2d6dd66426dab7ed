import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { JudgedTask } from "../../src/domain/judged-task.ts";
import { matchLabels, readLabels } from "./labelled-turns.ts";
import { renderReport, scoreTurns, type LabelledTurn } from "./score-turns.ts";

const labels = (file: string) => readLabels(join(import.meta.dirname, file));
const nameOf = ({ session, turn }: { session: string; turn: number }) => `${session.slice(0, 8)} ${turn}`;

const turn = (said: "failed" | "reworked", got: JudgedTask["outcome"]): LabelledTurn => ({
  label: { session: "00000000", turn: 0, outcome: [said], weight: 1 },
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

describe("the score of failed and reworked turns", () => {
  const turns = [turn("failed", "reworked"), turn("reworked", "accepted"), turn("reworked", "unknown")];

  it("separates those that are called so from those that are called accepted", () =>
    expect(scoreTurns(turns).errors).toEqual({ turns: 3, found: 1, accepted: 1 }));

  it("prints both with their 95 % interval", () =>
    expect(renderReport(scoreTurns(turns), turns, false)).toContain(
      "failed or reworked and called so: 1 of 3 (33.3 %, 95 % interval 6.1 % to 79.2 %)",
    ));

  it("leaves out a label whose turn the rules did not see", () =>
    expect(scoreTurns(matchLabels([turn("failed", "failed").label], [])).errors.turns).toBe(0));
});
