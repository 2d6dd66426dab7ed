import { type PatternRule, toFinding } from "./pattern.ts";

const CHOSEN = new Set(["command", "resume", "unexplained"]);

/** Switches in mid-conversation that somebody chose: the new model pays for the whole context again. After a long pause that costs nothing more. */
export const midConversationSwitch: PatternRule = ({ analyses }) => {
  const hit = analyses
    .flatMap(({ switches }) => switches)
    .filter(
      ({ cause, rewrittenTokens, costNano }) => CHOSEN.has(cause) && rewrittenTokens > 0 && costNano > 0,
    );
  return toFinding(
    hit.map(({ session, file, line, costNano }) => ({ place: { session, file, line }, costNano })),
    {
      evidence: {
        switches: hit.length,
        rewrittenTokens: hit.reduce((sum, { rewrittenTokens }) => sum + rewrittenTokens, 0),
      },
      instead: "Start a new session with a summary, or use a sub-agent on the other model.",
      sureness: "certain",
    },
  );
};
