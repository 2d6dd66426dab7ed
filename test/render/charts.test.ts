import { expect, it } from "vitest";
import { bar, sparkline } from "../../src/render/charts.ts";

it("a bar has a part for every share above zero, and no more than its width", () => {
  expect([0, 0.001, 0.5, 1, 2].map((share) => bar(share, 4, {}))).toEqual(["", "▏", "██", "████", "████"]);
  expect(bar(0.4, 10, { ascii: true })).toBe("####");
  expect(bar(0.01, 10, { ascii: true })).toBe("#");
});

it("a line of days has one character for each, the highest as a full block and none as a space", () => {
  expect(sparkline([0, 1, 4, 8], {})).toBe(" ▂▅█");
  expect(sparkline([0, 1, 4, 8], { ascii: true })).toBe(" :+@");
  expect(sparkline([], {})).toBe("");
  expect(sparkline([0, 0], {})).toBe("  ");
});
