import { applyWinner, revertWinner } from "../../src/cascade/apply.ts";
import { readWinner } from "../../src/cascade/winner.ts";

// Applies or reverts a winner in a process of its own, which a test can kill: PLACE RUN [revert].
const [place = "", run = "", how] = process.argv.slice(2);
const winner = readWinner(place, run);
if (!winner) throw new Error(`no winner ${run} in ${place}`);
const conflicts = how === "revert" ? revertWinner(place, winner) : applyWinner(place, winner);
if (conflicts.length > 0) throw new Error(`conflicts: ${conflicts.join(", ")}`);
