import { expect, it } from "vitest";
import { bar, gauge, sparkline } from "../../src/render/charts.ts";

it("a bar has a part for every share above zero, and no more than its width", () => {
  expect([0, 0.001, 0.5, 1, 2].map((share) => bar(share, 4, { width: 80 }))).toEqual([
    "",
    "▏",
    "██",
    "████",
    "████",
  ]);
  expect(bar(0.4, 10, { ascii: true, width: 80 })).toBe("####");
  expect(bar(0.01, 10, { ascii: true, width: 80 })).toBe("#");
});

it("a line of days has one character for each, the highest as a full block and none as a space", () => {
  expect(sparkline([0, 1, 4, 8], { width: 80 })).toBe(" ▂▅█");
  expect(sparkline([0, 1, 4, 8], { ascii: true, width: 80 })).toBe(" :+@");
  expect(sparkline([], { width: 80 })).toBe("");
  expect(sparkline([0, 0], { width: 80 })).toBe("  ");
});

it("a gauge is as wide as its track, and a pipe has no charts", () => {
  expect([0, 0.5, 1.2].map((share) => gauge(share, 4, { width: 80 }))).toEqual(["░░░░", "██░░", "████"]);
  expect(gauge(0.5, 4, { ascii: true, width: 80 })).toBe("##..");
  expect([bar(1, 4, { width: 0 }), gauge(1, 4, { width: 0 }), sparkline([1], { width: 0 })]).toEqual([
    "",
    "",
    "",
  ]);
});
