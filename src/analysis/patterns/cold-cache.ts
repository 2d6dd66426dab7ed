import { type PatternRule, toFinding } from "./pattern.ts";

/** Context that was written to the cache again after a pause longer than the cache lives, or written for an hour and never read. */
export const coldCache: PatternRule = ({ analyses }) => {
  const all = analyses.flatMap(({ session, cold }) => cold.map((sighting) => ({ session, ...sighting })));
  const tokens = (cause: string) =>
    all.filter((sighting) => sighting.cause === cause).reduce((sum, sighting) => sum + sighting.tokens, 0);
  return toFinding(
    all.map(({ session, file, line, costNano }) => ({ place: { session, file, line }, costNano })),
    {
      evidence: { tokensAfterPause: tokens("pause"), hourWritesNeverRead: tokens("never-read") },
      instead:
        "Continue before the cache expires, use /clear after a long pause, or set the one-hour cache for work with pauses.",
      sureness: "certain",
    },
    2,
  );
};
