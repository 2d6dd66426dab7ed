import { type PatternRule, toFinding } from "./pattern.ts";

const STORM = 5;

/** Many retries in one task: they cost no tokens, but time. */
export const retryStorm: PatternRule = ({ tasks }) => {
  const hit = tasks.filter(({ retries }) => retries >= STORM);
  return toFinding(
    hit.map(({ session, file, line }) => ({ place: { session, file, line }, costNano: 0 })),
    {
      evidence: {
        tasks: hit.length,
        retries: hit.reduce((sum, { retries }) => sum + retries, 0),
        waitedMs: hit.reduce((sum, { retryDelayMs }) => sum + retryDelayMs, 0),
      },
      instead: "Set a fallback model, so that work continues on it after three tries.",
      sureness: "certain",
    },
  );
};
