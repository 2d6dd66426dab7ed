import { expect, it } from "vitest";
import { analyzeFolder } from "../helpers/analyses.ts";
import { writeTaskScript } from "../helpers/task-script.ts";
import { writeTree } from "../helpers/tree.ts";

/** The goal of each turn of a session that a task script describes. */
async function goalsOf(...script: string[]): Promise<(number | undefined)[]> {
  const root = writeTree({});
  writeTaskScript(["session shop sonnet", ...script].join("\n"), "goals", root);
  const [analysis] = await analyzeFolder(root);
  return (analysis?.tasks ?? []).filter(({ kind }) => kind === "turn").map(({ goal }) => goal);
}

const FEATURE = [
  "> Add a discount for members to the cart",
  "write src/discount.js | export const discount = 0.1;",
];
const COMMIT = ["> commit this", "run git commit -m 'Add a discount' :: 0 :: [main 1a2b3c4] Add a discount"];

it("a turn goes on with the goal of the turn before it, also with other files", async () => {
  expect(
    await goalsOf(
      ...FEATURE,
      "> The members' page wants to show it as well",
      "write src/members.js | export const members = [];",
      "> Use the words of the price list there",
      "> where is that list kept?",
      ...COMMIT,
    ),
  ).toEqual([0, 0, 0, 0, 0]);
});

it("after the commit another goal begins, unless the same files go on or somebody asks about it", async () => {
  const orders = ["> Let the export of the orders run at night", "write src/export.js | export default 1;"];
  const more = [
    "> The discount has to be rounded for the members",
    "write src/discount.js | export const discount = 0.2;",
  ];
  expect(await goalsOf(...FEATURE, ...COMMIT, ...orders)).toEqual([0, 0, 1]);
  expect(await goalsOf(...FEATURE, ...COMMIT, ...more)).toEqual([0, 0, 0]);
  expect(await goalsOf(...FEATURE, ...COMMIT, "> did you include the tests in it?")).toEqual([0, 0, 0]);
});

it("a turn that commits what it wrote has not ended its goal", async () => {
  expect(
    await goalsOf(
      ...FEATURE,
      "run git commit -m 'Add a discount' :: 0 :: [main 1a2b3c4] Add a discount",
      "> Write the reply to the customer who wanted this",
    ),
  ).toEqual([0, 0]);
});

it("another matter and another finding of a review begin another goal", async () => {
  const finding =
    "> Medium Severity: exportOrders in src/export.js never closes its stream, which can leak handles when the export is cancelled by a user";
  expect(await goalsOf(...FEATURE, "> By the way, on another note: which Node does the server run?")).toEqual(
    [0, 1],
  );
  expect(await goalsOf(...FEATURE, finding, "write src/export.js | export default 1;")).toEqual([0, 1]);
});
