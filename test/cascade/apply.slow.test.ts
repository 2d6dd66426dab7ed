import { expect, it } from "vitest";
import { createRandom } from "../../src/advice/statistics/random.ts";
import { expectSafeKill, stepsOf } from "./winners.ts";

const MOMENTS = 40;

it.each(["apply", "revert"] as const)(
  "%s, killed at 40 random moments, leaves the tree as before or complete, and the patch is there",
  async (how) => {
    const random = createRandom(17);
    const steps = await stepsOf(how);
    const ends = new Map<string, number>();
    for (let moment = 0; moment < MOMENTS; moment++) {
      const end = await expectSafeKill(Math.floor(random() * steps), how);
      ends.set(end, (ends.get(end) ?? 0) + 1);
    }
    expect((ends.get("before") ?? 0) + (ends.get("after") ?? 0)).toBe(MOMENTS);
  },
);
