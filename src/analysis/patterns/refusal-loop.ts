import { type PatternRule, toFinding } from "./pattern.ts";

/** The same request refused again and again, each try with the whole context. */
export const refusalLoop: PatternRule = ({ analyses }) => {
  const hit = analyses.flatMap(({ session, refusals }) =>
    refusals.map((refusal) => ({ session, ...refusal })),
  );
  const tasks = Map.groupBy(hit, ({ session, task }) => `${session} ${task}`);
  const loops = [...tasks.values()].filter((same) => same.length >= 2);
  return toFinding(
    loops.flatMap((same) => {
      const [first] = same;
      const costNano = same.reduce((sum, refusal) => sum + refusal.costNano, 0);
      return first
        ? [{ place: { session: first.session, file: first.file, line: first.line }, costNano }]
        : [];
    }),
    {
      evidence: { tasks: loops.length, refusals: loops.reduce((sum, same) => sum + same.length, 0) },
      instead: "Change the wording or the model after the first refusal.",
      sureness: "certain",
    },
  );
};
