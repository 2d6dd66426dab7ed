import type { JudgedTask } from "../../domain/judged-task.ts";
import { EFFORTS } from "../../domain/model.ts";
import { beyondTier } from "./cheaper.ts";
import { type PatternRule, placeOf, toFinding } from "./pattern.ts";

const SHALLOW = new Set(["mechanical", "exploration"]);
const MOST_THINKING = 0.6;
const LEAST_OUTPUT = 2_000;

/** Thinking far above what the category needs: high effort on shallow work, or output that is nearly all thinking. */
export const thinkingExplosion: PatternRule = ({ tasks, models }) => {
  const hit = tasks.filter(
    (task) => SHALLOW.has(task.categories.complexity) && (isHighEffort(task) || isThinking(task)),
  );
  const thinking = hit.reduce((sum, { tokens }) => sum + tokens.thinking, 0);
  const output = hit.reduce((sum, { tokens }) => sum + tokens.output, 0);
  return toFinding(
    hit.map((task) => ({
      place: placeOf(task),
      costNano: task.startTier && isHighEffort(task) ? beyondTier(task, task.startTier, models, "medium") : 0,
    })),
    {
      evidence: {
        tasks: hit.length,
        thinkingShare: output === 0 ? 0 : thinking / output,
        highEffort: hit.filter(isHighEffort).length,
      },
      instead: "Use medium effort for mechanical work and look-ups.",
      sureness: "estimate",
    },
    2,
  );
};

function isHighEffort({ effort }: JudgedTask): boolean {
  return effort !== undefined && EFFORTS.indexOf(effort) >= EFFORTS.indexOf("xhigh");
}

function isThinking({ tokens }: JudgedTask): boolean {
  return tokens.output >= LEAST_OUTPUT && tokens.thinking / tokens.output > MOST_THINKING;
}
