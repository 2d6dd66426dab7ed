import { expect, it } from "vitest";
import { inWorlds, NOTHING_TO_GAIN } from "./advise.ts";

it.each(NOTHING_TO_GAIN)(
  "advice is given in at most one of 20 worlds without anything to gain: %s",
  (shape) => {
    const silent = inWorlds(shape, 40).filter(({ recommendations }) => recommendations.length === 0);
    expect(silent.length).toBeGreaterThanOrEqual(38);
  },
);
