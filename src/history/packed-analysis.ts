import type { SessionAnalysis } from "../analysis/outcomes/session.ts";

/**
 * A judgement as JSON without what repeats in every row: the session, the project, and the paths of transcripts, which become
 * indices. That halves what a warm command has to read.
 */
export function packAnalysis(analysis: SessionAnalysis): string {
  const files: string[] = [];
  const pack = (key: string, value: unknown): unknown => {
    if (key === "file" && typeof value === "string") {
      const at = files.indexOf(value);
      return at < 0 ? files.push(value) - 1 : at;
    }
    return value;
  };
  const { tasks, switches, ...rest } = analysis;
  const body = JSON.stringify(
    {
      ...rest,
      tasks: tasks.map(({ session: _session, project: _project, ...task }) => task),
      switches: switches.map(({ session: _session, ...change }) => change),
    },
    pack,
  );
  return `${JSON.stringify(files)}\n${body}`;
}

export function unpackAnalysis(packed: string): SessionAnalysis {
  const end = packed.indexOf("\n");
  const files = JSON.parse(packed.slice(0, end)) as string[];
  const analysis = JSON.parse(packed.slice(end + 1)) as SessionAnalysis;
  const { session, project } = analysis;
  const named = <Row extends { file: string }>(row: Row): Row => ({
    ...row,
    file: files[Number(row.file)] ?? "",
  });
  return {
    ...analysis,
    tasks: analysis.tasks.map((task) => ({
      ...named(task),
      session,
      project,
      evidence: task.evidence.map(named),
    })),
    switches: analysis.switches.map((change) => ({ ...named(change), session })),
    retries: analysis.retries.map(named),
    failures: analysis.failures.map(named),
    substitutions: analysis.substitutions.map(named),
    cold: analysis.cold.map(named),
    refusals: analysis.refusals.map(named),
  };
}
