import type { JudgedTask } from "../../domain/judged-task.ts";
import { tierRank } from "../../domain/model.ts";
import { beyondTier } from "./cheaper.ts";
import { type PatternRule, placeOf, toFinding } from "./pattern.ts";

const MOST_FILES = 3;
const MOST_LINES = 60;
/** A turn with this many requests is not small, whatever it changed. */
const MOST_REQUESTS = 12;

/** Small mechanical work on Opus or above. */
export const opusHammer: PatternRule = ({ tasks, models }) => {
  const parents = new Set(
    tasks.flatMap(({ session, parent }) => (parent === undefined ? [] : `${session} ${parent}`)),
  );
  const mechanical = tasks.filter(({ categories }) => categories.complexity === "mechanical");
  const hit = mechanical.filter((task) => isOnOpus(task) && isSmall(task) && !parents.has(idOf(task)));
  return toFinding(
    hit.map((task) => ({ place: placeOf(task), costNano: beyondTier(task, "sonnet", models) })),
    {
      evidence: {
        tasks: hit.length,
        mechanicalTasks: mechanical.length,
        ofMechanicalShare: hit.length / Math.max(1, mechanical.length),
      },
      instead: "Use Sonnet or Haiku for such work: the amount is the difference to Sonnet.",
      sureness: "estimate",
    },
    3,
  );
};

function isOnOpus({ startTier }: JudgedTask): boolean {
  return startTier !== undefined && tierRank(startTier) >= tierRank("opus");
}

function isSmall({ filesTouched, linesWritten, requests }: JudgedTask): boolean {
  return filesTouched <= MOST_FILES && linesWritten <= MOST_LINES && requests <= MOST_REQUESTS;
}

/** As its agent runs name it: a turn that gives work to agents does more than the small edit that is left. */
function idOf({ kind, session, index, agentId }: JudgedTask): string {
  return `${session} ${kind === "turn" ? `turn:${index}` : agentId}`;
}
