import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { joinPlans } from "../../src/analysis/outcomes/join-plans.ts";
import type { JudgedTask } from "../../src/domain/judged-task.ts";
import { CATEGORIES, COMPLEXITIES, OUTCOMES } from "../../src/domain/task.ts";
import { analyzeFolder } from "../helpers/analyses.ts";
import { type LabelledTurn, renderReport, scoreTurns, type TurnLabel } from "./score-turns.ts";

const USAGE =
  "Usage: npm run eval:outcomes -- --corpus DIR --labels FILE … [--half SET] [--sessions DIGITS] [--wrong]";

/** Judges the histories below a folder: a configuration folder, or a folder of several. Throws where it holds none. */
export async function judgeCorpus(folder: string): Promise<JudgedTask[]> {
  const roots = existsSync(join(folder, "projects"))
    ? [folder]
    : readdirSync(folder)
        .map((name) => join(folder, name))
        .filter((path) => existsSync(join(path, "projects")));
  if (roots.length === 0)
    throw new Error(`${folder} has no folder “projects”, and none of its folders has one.`);
  const tasks: JudgedTask[] = [];
  for (const root of roots)
    for (const analysis of joinPlans(await analyzeFolder(root))) tasks.push(...analysis.tasks);
  return tasks;
}

/** Reads labels. Throws where a row is not one, naming it. */
export function readLabels(file: string): TurnLabel[] {
  const rows = JSON.parse(readFileSync(file, "utf8")) as unknown;
  if (!Array.isArray(rows)) throw new Error(`${file} is no JSON array of labels.`);
  return rows.map((row: Record<string, unknown>, index) => {
    const at = `${file}, label ${index}`;
    if (typeof row["session"] !== "string" || !/^[0-9a-f]{8,64}$/.test(row["session"]))
      throw new Error(`${at}: “session” is the start of the session id's SHA-256, at least 8 hex digits.`);
    if (!Number.isInteger(row["turn"])) throw new Error(`${at}: “turn” is the turn's number from 0.`);
    return {
      session: row["session"],
      turn: row["turn"] as number,
      outcome: words(row["outcome"], OUTCOMES, `${at}: “outcome”`),
      ...(row["category"] !== undefined && {
        category: words(row["category"], CATEGORIES, `${at}: “category”`),
      }),
      ...(row["complexity"] !== undefined && {
        complexity: words(row["complexity"], COMPLEXITIES, `${at}: “complexity”`),
      }),
      weight: typeof row["weight"] === "number" ? row["weight"] : 1,
      ...(typeof row["half"] === "string" && { half: row["half"] }),
    };
  });
}

/** The reader's own choice first, then what a reasonable reader could also say. */
function words<Word extends string>(value: unknown, known: readonly Word[], at: string): readonly Word[] {
  const list = (Array.isArray(value) ? value : [value]) as readonly Word[];
  const odd = list.find((word) => !known.includes(word));
  if (list.length === 0 || odd !== undefined)
    throw new Error(`${at} is ${String(odd)}, and not one of ${known.join(", ")}.`);
  return list;
}

/**
 * Joins the readings of the same turn. The choice of the later reading comes first, and the alternatives of both count. Where the first
 * choices differ, the turn is disputed.
 */
export function joinReadings(labels: readonly TurnLabel[]): TurnLabel[] {
  const readings = Map.groupBy(labels, ({ session, turn }) => `${session.slice(0, 8)} ${turn}`);
  return [...readings.values()].map((same) => ({
    ...(same[0] as TurnLabel),
    outcome: [...new Set(same.toReversed().flatMap(({ outcome }) => outcome))],
    disputed: same.some(({ outcome }) => outcome[0] !== same[0]?.outcome[0]),
  }));
}

/** Puts each label beside the turn that it is about. */
export function matchLabels(labels: readonly TurnLabel[], tasks: readonly JudgedTask[]): LabelledTurn[] {
  const turns = new Map<string, JudgedTask[]>();
  for (const task of tasks) {
    if (task.kind !== "turn") continue;
    const key = createHash("sha256").update(task.session).digest("hex");
    turns.set(key, [...(turns.get(key) ?? []), task]);
  }
  const hashes = [...turns.keys()];
  return labels.map((label) => {
    const hash = hashes.find((one) => one.startsWith(label.session));
    const task = turns.get(hash ?? "")?.find(({ index }) => index === label.turn);
    return task ? { label, task } : { label };
  });
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      corpus: { type: "string" },
      labels: { type: "string", multiple: true },
      half: { type: "string" },
      sessions: { type: "string", default: "0123456789abcdef" },
      wrong: { type: "boolean", default: false },
    },
  });
  if (!values.corpus || !values.labels) throw new Error(USAGE);
  const labels = values.labels
    .flatMap((file) => readLabels(resolve(file)))
    .filter(({ half }) => values.half === undefined || half === values.half)
    .filter(({ session }) => values.sessions.includes(session.charAt(0)));
  const turns = matchLabels(joinReadings(labels), await judgeCorpus(resolve(values.corpus)));
  console.log(renderReport(scoreTurns(turns), turns, values.wrong));
}
