import { describe, expect, it } from "vitest";
import { normalQuantile, normalShare } from "../../../src/advice/statistics/normal.ts";
import { createRandom, drawNormal } from "../../../src/advice/statistics/random.ts";
import { drawBeta } from "../../worlds/draw-beta.ts";

const draw = (count: number, one: (random: () => number) => number) => {
  const random = createRandom(42);
  return Array.from({ length: count }, () => one(random));
};
const take = (seed: number) => Array.from({ length: 5 }, createRandom(seed));
const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe("seeded randomness", () => {
  it("repeats itself for a seed and differs between seeds", () => {
    expect(take(7)).toEqual(take(7));
    expect(take(7)).not.toEqual(take(8));
  });

  it("draws normals with mean 0 and deviation 1", () => {
    const values = draw(20_000, drawNormal);
    expect(mean(values)).toBeCloseTo(0, 1);
    expect(mean(values.map((value) => value * value))).toBeCloseTo(1, 1);
  });

  it.each([
    [0.5, 0.5],
    [2, 8],
    [90, 10],
  ])("draws from Beta(%d, %d) with its mean and variance", (a, b) => {
    const values = draw(20_000, (random) => drawBeta(random, a, b));
    const expected = a / (a + b);
    const variance = (a * b) / ((a + b) ** 2 * (a + b + 1));
    expect(mean(values)).toBeCloseTo(expected, 2);
    expect(mean(values.map((value) => (value - expected) ** 2))).toBeCloseTo(variance, 2);
  });
});

describe("the normal distribution", () => {
  it.each([
    [-1.959964, 0.025],
    [0, 0.5],
    [1.644854, 0.95],
    [2.575829, 0.995],
  ])("has %d at %d", (z, share) => {
    expect(normalShare(z)).toBeCloseTo(share, 6);
    expect(normalQuantile(share)).toBeCloseTo(z, 4);
  });
});
