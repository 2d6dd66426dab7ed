import { expect, it } from "vitest";
import { crossValidate, type Example, largest, scoreSoftmax, trainSoftmax } from "./softmax.ts";

const TRAINING = { least: 2, decay: 0.1, rounds: 100 };
const examples = Array.from({ length: 40 }, (_, index): Example => {
  const isFirst = index % 2 === 0;
  return {
    features: new Map([
      ["any", 1],
      [isFirst ? "red" : "green", 1],
    ]),
    target: isFirst ? [1, 0] : [0, 1],
    group: `session ${index >> 1}`,
  };
});

it("learns what separates two classes, and predicts cases of groups that it has not seen", () => {
  const model = trainSoftmax(examples, TRAINING);
  expect(largest(scoreSoftmax(model, new Map([["red", 1]]), 2))).toBe(0);
  expect(largest(scoreSoftmax(model, new Map([["green", 1]]), 2))).toBe(1);
  expect(crossValidate(examples, TRAINING, 4)).toEqual(examples.map(({ target }) => largest(target)));
});

it("gives rare evidence no weight", () => {
  const rare = { ...(examples[0] as Example), features: new Map([["rare", 1]]) };
  expect(trainSoftmax([...examples, rare], TRAINING).has("rare")).toBe(false);
});
