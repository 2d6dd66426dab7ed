import type { Category, Complexity } from "../../domain/task.ts";
import { agentLabels } from "./agent-labels.ts";
import type { Clues } from "./clues.ts";
import { countTools, decide, type Tally, tally, weightAt } from "./tally.ts";

const ORDER: readonly Complexity[] = ["reasoning", "mechanical", "generative", "exploration"];

/** The complexity of each category, unless other evidence says more. */
const OF_CATEGORY: Readonly<Record<Category, readonly (readonly [Complexity, number])[]>> = {
  git: [["mechanical", 5]],
  question: [["exploration", 4]],
  planning: [["reasoning", 4]],
  debugging: [["reasoning", 3]],
  review: [["generative", 2.5]],
  refactoring: [["generative", 2.5]],
  docs: [["generative", 3]],
  "code-generation": [["generative", 3]],
};

/** From here on an edit is a multi-file one (three to four files fit a single pass). */
const MANY_FILES = 8;
/** An edit of so few lines in one file is a one-liner. */
const FEW_LINES = 12;
/** Most requests of a task that needed no search. */
const FEW_REQUESTS = 10;
/** So many looks into files are more than a look-up. */
const MANY_READS = 5;
const READING = /^(?:Read|Grep|Glob|LS|WebFetch|WebSearch|NotebookRead|LSP)$/;

/** Scores how hard a task is, by its category, its words and the size of what was done. */
export function scoreComplexity(clues: Clues, category: Category) {
  const points = tally<Complexity>();
  for (const [complexity, amount] of OF_CATEGORY[category])
    points.add(complexity, amount, `category:${category}`);
  const fromPlan = clues.prompt?.topics.includes("form:plan") === true;
  // The author of the plan has done the thinking.
  if (fromPlan) points.add("generative", 3, "prompt:plan");
  else addWords(clues, category, points);
  addSize(clues, category, points);
  const agent = agentLabels(clues.agent);
  if (agent) points.add(agent.complexity, 5, `agent:${clues.agent}`);
  return decide(points, ORDER, clues.files.size > 0 ? "generative" : "exploration");
}

/** A config or a run is also mentioned on the way, these hardly ever. */
const PLAIN_WORDS = new Set(["rename", "bump", "typo", "format", "imports"]);
const HARD_WORDS = new Set(["architecture", "multifile", "race", "security"]);

function addWords({ prompt, files }: Clues, category: Category, points: Tally<Complexity>): void {
  const words = (prompt?.topics ?? []).filter((topic) => !topic.startsWith("form:"));
  words.forEach((topic, position) => {
    const [group = "", word = ""] = topic.split(":");
    const weight = weightAt(position);
    // A config, a commit or a format that is only named makes no question, review, plan or bug mechanical.
    const counts = MECHANICAL_IN.has(category) || (category === "debugging" && word === "lint");
    if (group === "mechanical" && counts)
      points.add("mechanical", (PLAIN_WORDS.has(word) ? 3 : 2.5) * weight, `word:${word}`);
    if (group === "reasoning")
      points.add("reasoning", (HARD_WORDS.has(word) ? 3 : 1) * weight, `word:${word}`);
    if (topic === "debugging:why" && files.size === 0) points.add("reasoning", 2, "word:why");
  });
}

/**
 * Returns the complexity of work that is still to be done, by the topics of its prompt. A bug is ordinary work until an attempt at it
 * fails. `category`: undefined if no word of the prompt says it.
 */
export function expectComplexity(
  topics: readonly string[],
  category: Category | undefined,
): { complexity: Complexity; from: readonly string[] } {
  const words = topics.filter((topic) => !topic.startsWith("form:")).map((topic) => topic.split(":"));
  const hard = words.filter(([group, word = ""]) => group === "reasoning" && HARD_WORDS.has(word));
  const mechanical = words.filter(([group]) => group === "mechanical");
  if (category === "planning" || hard.length > 0) return because("reasoning", hard);
  if (isMechanical(mechanical, words.length, category)) return because("mechanical", mechanical);
  return because(category === "question" ? "exploration" : "generative", []);
}

function because(complexity: Complexity, topics: readonly string[][]) {
  return { complexity, from: topics.map(([, word]) => `word:${word}`) };
}

/** A config, a format or a test run is mostly mentioned on the way: it has to be what the prompt is about. */
function isMechanical(
  mechanical: readonly string[][],
  words: number,
  category: Category | undefined,
): boolean {
  if (category === "git") return true;
  if (mechanical.length === 0 || category === undefined) return mechanical.length > 0;
  if (category === "debugging") return mechanical.some(([, word]) => word === "lint");
  return (category === "refactoring" || category === "docs") && mechanical.length * 2 >= words;
}

const MECHANICAL_IN: ReadonlySet<Category> = new Set(["code-generation", "refactoring", "git", "docs"]);

/** A long prompt about version control after which nothing is committed asks for a look at it first. */
function isTalkedAbout({ prompt, work }: Clues): boolean {
  return (prompt?.words ?? 0) > LONG_WORDS && work.commits.length + work.publishes.length === 0;
}

const LONG_WORDS = 40;

function addSize(clues: Clues, category: Category, points: Tally<Complexity>): void {
  const { files, linesWritten, events, work } = clues;
  const reads = countTools(events, READING);
  if (files.size === 0) {
    if (category === "debugging" || category === "review")
      points.add("exploration", reads > 0 ? 2 : 1, "tools:read-only");
    if (category === "git" && isTalkedAbout(clues)) points.add("exploration", 6, "prompt:long");
    if (category === "question" && reads >= MANY_READS) points.add("reasoning", 1.5, `reads:${reads}`);
    return;
  }
  points.drop("exploration");
  const small =
    files.size === 1 && linesWritten <= FEW_LINES && work.edits.length <= 2 && clues.requests <= FEW_REQUESTS;
  if (small) points.add("mechanical", category === "debugging" ? 1 : 3, "size:one-liner");
  if (category === "debugging") points.add("generative", small && reads < MANY_READS ? 4 : 2, "tools:edits");
  if (files.size >= MANY_FILES) points.add("reasoning", 2, `files:${files.size}`);
}
