import { expect, it } from "vitest";
import type { JudgedTask } from "../../src/domain/judged-task.ts";
import { sessionLines } from "../../src/render/session-tree.ts";

const turn = (index: number) =>
  ({ kind: "turn", index, agent: "main", models: ["m"], outcome: "accepted" }) as unknown as JudgedTask;
const run = (agentId: string, parent: string | undefined, more: Partial<JudgedTask> = {}) =>
  ({
    kind: "agent-run",
    agentId,
    agent: "reviewer",
    parent,
    models: ["m"],
    outcome: "accepted",
    ...more,
  }) as unknown as JudgedTask;
const shown = (tasks: readonly JudgedTask[]) =>
  sessionLines(tasks).map(
    ({ tasks: [first, ...rest], depth }) =>
      `${depth} ${first.kind === "turn" ? `turn ${first.index}` : first.agentId}${rest.length > 0 ? ` ×${rest.length + 1}` : ""}`,
  );

it("runs are below what called them, however deep", () => {
  const tasks = [turn(0), run("a", "turn:0"), turn(1), run("b", "a"), run("c", "b")];
  expect(shown(tasks)).toEqual(["0 turn 0", "1 a", "2 b", "3 c", "0 turn 1"]);
});

it("runs of one caller that agree are folded; others, and those with runs of their own, are not", () => {
  const tasks = [
    turn(0),
    run("a", "turn:0"),
    run("b", "turn:0"),
    run("c", "turn:0", { outcome: "failed" }),
    run("d", "turn:0"),
    run("e", "turn:0"),
    run("f", "e"),
    turn(1),
    run("g", "turn:1"),
  ];
  expect(shown(tasks)).toEqual(["0 turn 0", "1 a ×3", "1 c", "1 e", "2 f", "0 turn 1", "1 g"]);
});

it("every task is on one line, also where its caller is unknown or callers go round", () => {
  const tasks = [turn(0), run("lost", undefined), run("a", "b"), run("b", "a"), run("gone", "nobody")];
  const lines = sessionLines(tasks).flatMap(({ tasks: own }) => own);
  expect(new Set(lines)).toEqual(new Set(tasks));
  expect(lines).toHaveLength(tasks.length);
});
