import type { JudgedTask } from "../../domain/judged-task.ts";
import { isFamily, tierRank } from "../../domain/model.ts";
import { type PatternInput, type PatternRule, placeOf, toFinding } from "./pattern.ts";

/** Agent runs that were asked for on one family and ran on another from the start: a forced model, or a silent substitute. */
export const forcedAgentModel: PatternRule = ({ tasks, models }) => {
  const hit = tasks.filter((task) => isForced(task, models));
  return toFinding(
    hit.map((task) => ({ place: placeOf(task), costNano: isDearer(task, models) ? task.costNano : 0 })),
    {
      evidence: { runs: hit.length, agents: [...new Set(hit.map(({ agent }) => agent))].sort().join(", ") },
      instead: "Set CLAUDE_CODE_SUBAGENT_MODEL without _FORCE, so that agents keep their own model.",
      sureness: "hint",
    },
  );
};

function isForced(task: JudgedTask, models: PatternInput["models"]): boolean {
  const asked = familyAsked(task, models);
  return (
    task.kind === "agent-run" &&
    asked !== undefined &&
    task.startTier !== undefined &&
    asked !== task.startTier &&
    !task.availabilityFallback
  );
}

function isDearer(task: JudgedTask, models: PatternInput["models"]): boolean {
  const asked = familyAsked(task, models);
  return asked !== undefined && task.startTier !== undefined && tierRank(task.startTier) > tierRank(asked);
}

function familyAsked({ askedModel }: JudgedTask, models: PatternInput["models"]) {
  if (askedModel === undefined || askedModel === "inherit") return undefined;
  return isFamily(askedModel) ? askedModel : models.find(askedModel)?.family;
}
