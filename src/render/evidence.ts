import type { JudgedTask } from "../domain/judged-task.ts";
import type { Evidence } from "../domain/task.ts";
import { taskName } from "./task-name.ts";
import { firstOf, plainLine } from "./text.ts";

/** The words in place of evidence where a task has none. */
export const NO_EVIDENCE = "nothing shows how it went";

/** Each observation once, with the tasks and lines that it was made at: first what went wrong, last what nobody knows. */
export function evidenceLines(tasks: readonly JudgedTask[]): string[] {
  const seen = [...tasks]
    .sort((a, b) => Number(isGood(a)) - Number(isGood(b)))
    .flatMap((task) => tellingOf(task).map((one) => ({ why: evidenceText(one), line: one.line, task })));
  const unknown = tasks
    .filter(({ evidence }) => evidence.length === 0)
    .map((task) => ({ why: NO_EVIDENCE, line: undefined, task }));
  return [...Map.groupBy([...seen, ...unknown], ({ why }) => why)].map(([why, all]) => {
    const places = Map.groupBy(all, ({ task }) => taskName(task));
    const texts = [...places].map(([name, of]) => placeText(name, of));
    return `${why}: ${firstOf(texts, MOST_PLACES)}`;
  });
}

const MOST_PLACES = 8;

function isGood({ outcome }: JudgedTask): boolean {
  return outcome === "accepted" || outcome === "unknown";
}

/** Returns the evidence that a reader asks for: weak evidence only without strong. */
export function tellingOf({ evidence }: Pick<JudgedTask, "evidence">): readonly Evidence[] {
  const strong = evidence.filter(({ weak }) => !weak);
  return strong.length > 0 ? strong : evidence;
}

/** `the user continued (weak evidence)`. */
export function evidenceText({ why, weak }: Evidence): string {
  return `${plainLine(why)}${weak ? " (weak evidence)" : ""}`;
}

interface SeenAt {
  line: number | undefined;
  task: JudgedTask;
}

function placeText(name: string, places: readonly SeenAt[]): string {
  const runs = new Set(places.map(({ task }) => task)).size;
  if (runs > 1) return `${name} ×${runs}`;
  const [{ line } = { line: undefined }] = places;
  if (line === undefined) return name;
  return places.length === 1 ? `${name} (line ${line})` : `${name} (${places.length} places)`;
}
