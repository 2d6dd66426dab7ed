import type { LoopAdviser } from "./baselines.ts";
import { rulesAlone } from "./by-rows.ts";
import type { LoopWorld } from "./loop-world.ts";
export function byCommandLine(world: LoopWorld): LoopAdviser {
  return rulesAlone(world);
}
