import type { Event, PromptEvent } from "../../domain/event.ts";
import type { Categories, Complexity, WorkClass } from "../../domain/task.ts";

/** What a category is derived from. */
export interface Clues {
  prompt?: Pick<PromptEvent, "topics">;
  /** The agent type; `main` for a turn. */
  agent: string;
  events: readonly Event[];
  files: ReadonlySet<string>;
  planMode: boolean;
}

/** The two groupings of a task, from its words, its tools, its files and its agent; deterministic. */
export function categorize(clues: Clues): Categories {
  const complexity = scoreComplexity(clues);
  const work = scoreClass(clues, complexity.winner);
  return {
    complexity: complexity.winner,
    class: work.winner,
    from: [...new Set([...complexity.from, ...work.from])],
  };
}

interface Scored<Label extends string> {
  winner: Label;
  from: string[];
}

/** The label with most points; the first of `order` on a tie. */
function decide<Label extends string>(
  points: Map<Label, { points: number; from: string[] }>,
  order: readonly Label[],
  fallback: Label,
): Scored<Label> {
  let winner = fallback;
  let most = 0;
  for (const label of order) {
    const got = points.get(label)?.points ?? 0;
    if (got > most) [winner, most] = [label, got];
  }
  return { winner, from: points.get(winner)?.from ?? [] };
}

function tally<Label extends string>() {
  const points = new Map<Label, { points: number; from: string[] }>();
  const add = (label: Label, amount: number, from: string): void => {
    const got = points.get(label) ?? { points: 0, from: [] };
    points.set(label, { points: got.points + amount, from: [...got.from, from] });
  };
  return { points, add };
}

/** Earlier words say more about what is asked. */
const weightAt = (position: number): number => Math.max(1, 3 - position * 0.5);

const COMPLEX_WORDS = new Set(["architecture", "multifile", "race", "security"]);

function scoreComplexity(clues: Clues): Scored<Complexity> {
  const { points, add } = tally<Complexity>();
  const edits = clues.files.size > 0;
  const reads = countTools(clues.events, READING);
  const onlyLooked = !edits && reads > 0;
  const topics = clues.prompt?.topics ?? [];
  topics.forEach((topic, position) => {
    const [group = "", word = ""] = topic.split(":");
    const weight = weightAt(position);
    if (group === "mechanical") add("mechanical", weight + 0.5, `word:${word}`);
    else if (group === "reasoning")
      add("reasoning", weight + (COMPLEX_WORDS.has(word) ? 4 : 0), `word:${word}`);
    else if (group === "exploration") add("exploration", weight - 0.5, `word:${word}`);
    else if (group === "debugging" && onlyLooked) add("exploration", weight, `word:${word}`);
    else add("generative", weight, `word:${word}`);
  });
  addAgent(clues.agent, add);
  if (edits) {
    points.delete("exploration");
    if (!points.has("mechanical") && !points.has("reasoning")) add("generative", 1, "tools:edits");
  } else if (reads > 0) add("exploration", 2, "tools:read-only");
  if (clues.files.size >= MANY_FILES && !points.has("mechanical"))
    add("reasoning", 3, `files:${clues.files.size}`);
  if (clues.planMode) add("reasoning", 2, "mode:plan");
  return decide(
    points,
    ["reasoning", "mechanical", "generative", "exploration"],
    edits ? "generative" : "exploration",
  );
}

/** From here on an edit is a multi-file one (seed: three to four files fit a single pass). */
const MANY_FILES = 8;
const READING = /^(?:Read|Grep|Glob|LS|WebFetch|WebSearch|Bash|NotebookRead)$/;

const AGENT_WORDS: readonly (readonly [RegExp, Complexity, WorkClass | undefined])[] = [
  [/explor|search|find|research|locat|scout|reader/i, "exploration", undefined],
  [/architect|plan|design/i, "reasoning", "planning"],
  [/secur|audit|threat/i, "reasoning", undefined],
  [/debug|bug|fix|troubleshoot/i, "generative", "debugging"],
  [/refactor/i, "reasoning", "refactor"],
  [/format|lint|commit|rename|changelog/i, "mechanical", undefined],
  [/test-?runner|runner/i, "mechanical", undefined],
  [/review/i, "generative", undefined],
  [/test|implement|cod(?:er|ing)|develop|doc|writ|build/i, "generative", "code-generation"],
];

function addAgent(agent: string, add: (label: Complexity, points: number, from: string) => void): void {
  const match = AGENT_WORDS.find(([pattern]) => pattern.test(agent));
  if (match) add(match[1], 4, `agent:${agent}`);
}

function scoreClass(clues: Clues, complexity: Complexity): Scored<WorkClass> {
  const { points, add } = tally<WorkClass>();
  (clues.prompt?.topics ?? []).forEach((topic, position) => {
    const [group = "", word = ""] = topic.split(":");
    const weight = weightAt(position);
    if (group === "refactor") add("refactor", weight + 1.5, `word:${word}`);
    else if (group === "debugging") add("debugging", weight + 1, `word:${word}`);
    else if (group === "reasoning" && PLANNING.has(word)) add("planning", weight + 0.5, `word:${word}`);
    else if (group === "reasoning" && word === "race") add("debugging", weight, `word:${word}`);
    else if (group === "mechanical" && (word === "rename" || word === "move"))
      add("refactor", weight, `word:${word}`);
    else if (group === "generative" && word !== "review") add("code-generation", weight, `word:${word}`);
  });
  const match = AGENT_WORDS.find(([pattern]) => pattern.test(clues.agent));
  if (match?.[2]) add(match[2], 4, `agent:${clues.agent}`);
  if (clues.planMode) add("planning", 4, "mode:plan");
  if (complexity === "exploration") points.delete("code-generation");
  if (complexity === "mechanical")
    for (const label of ["code-generation", "debugging"] as const) points.delete(label);
  if (!clues.planMode && [...clues.files].some((file) => !file.endsWith(".md"))) points.delete("planning");
  if (points.size === 0 && clues.files.size > 0 && complexity !== "mechanical")
    add("code-generation", 1, "tools:edits");
  return decide(points, ["planning", "refactor", "debugging", "code-generation"], "other");
}

const PLANNING = new Set(["plan", "design", "architecture"]);

function countTools(events: readonly Event[], which: RegExp): number {
  let count = 0;
  for (const event of events)
    if (event.kind === "tools")
      for (const [name, times] of Object.entries(event.counts)) if (which.test(name)) count += times;
  return count;
}
