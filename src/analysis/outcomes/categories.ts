import type { Event, PromptEvent } from "../../domain/event.ts";
import type { Categories, Category, Complexity } from "../../domain/task.ts";
import { agentLabels } from "./agent-labels.ts";
import { isDocs } from "./docs-files.ts";
import { scoreComplexity } from "./complexity.ts";
import { decide, type Tally, tally, weightAt } from "./tally.ts";
import type { Work } from "./work.ts";

/** What the labels of a task are derived from. */
export interface Clues {
  prompt?: PromptEvent;
  /** The agent type; `main` for a turn. */
  agent: string;
  events: readonly Event[];
  work: Work;
  /** Files that it or its agents edited. */
  files: ReadonlySet<string>;
  linesWritten: number;
  planMode: boolean;
  /** Turns: the labels of the turn before, whose offer a bare "yes" takes. */
  before?: Categories;
}

/** Returns the labels of a task, from its words, its tools, its files and its agent; deterministic. */
export function categorize(clues: Clues): Categories {
  const category = scoreCategory(clues);
  const complexity = scoreComplexity(clues, category.winner);
  return {
    category: category.winner,
    complexity: complexity.winner,
    from: [...new Set([...category.from, ...complexity.from])],
  };
}

/** In the order that decides a tie. */
const ORDER: readonly Category[] = [
  "git",
  "review",
  "planning",
  "debugging",
  "refactoring",
  "docs",
  "code-generation",
  "question",
];

/** How much a word of each kind says. */
const WORD_POINTS: Readonly<Partial<Record<Category, number>>> = {
  git: 4,
  review: 2.5,
  planning: 1.5,
  debugging: 2,
  refactoring: 2.5,
  docs: 2,
  "code-generation": 1,
  question: 1,
};

function scoreCategory(clues: Clues) {
  const points = tally<Category>();
  addWords(clues, points);
  addSignals(clues, points);
  addDeeds(clues, points);
  addOffer(clues, points);
  const agent = agentLabels(clues.agent);
  if (agent) points.add(agent.category, 5, `agent:${clues.agent}`);
  return decide(points, ORDER, clues.files.size > 0 ? "code-generation" : "question");
}

function addWords({ prompt, files }: Clues, points: Tally<Category>): void {
  const words = (prompt?.topics ?? []).filter((topic) => !topic.startsWith("form:"));
  words.forEach((topic, position) => {
    const [group = "", word = ""] = topic.split(":");
    const base = WORD_POINTS[group as Category];
    if (base === undefined) return;
    const doubtful = group === "planning" && files.size > 0 ? 0.3 : 1;
    points.add(group as Category, base * weightAt(position) * doubtful, `word:${word}`);
  });
}

/** A finding of a review is answered, a symptom is looked into. */
function addSignals({ prompt, planMode }: Clues, points: Tally<Category>): void {
  const signals = new Set(prompt?.signals);
  const forms = new Set(prompt?.topics);
  if (signals.has("finding")) points.add("review", 6, "prompt:finding");
  if (signals.has("symptom") || signals.has("failure")) points.add("debugging", 3, "prompt:symptom");
  if (forms.has("form:plan")) points.add("code-generation", 2, "prompt:plan");
  if (forms.has("form:question")) points.add("question", 2, "prompt:question");
  if (planMode) points.add("planning", 6, "mode:plan");
}

/** What was done says more than what was asked for. */
function addDeeds({ events, work, files, planMode }: Clues, points: Tally<Category>): void {
  const written = [...files];
  const onlyDocs = written.length > 0 && written.every(isDocs);
  const proposed = events.some((event) => event.kind === "plan" && event.step === "proposed");
  if (proposed && written.length === 0) points.add("planning", 4, "tools:plan");
  if (onlyDocs) {
    points.add("docs", 4, "files:docs");
    points.drop("refactoring", "code-generation");
  } else if (written.length > 0) {
    points.add("code-generation", 1, "tools:edits");
    points.scale("docs", 0.4);
    if (!planMode) points.drop("planning");
    points.scale("question", 0.2);
  } else {
    points.add("question", 1.5, "tools:read-only");
    points.scale("code-generation", 0.4);
    points.scale("refactoring", 0.5);
  }
  const moved = work.commits.length + work.publishes.length > 0;
  if (moved && written.length === 0) points.add("git", 4, "tools:git");
  if (moved && written.length > 0) points.scale("git", 0.5);
}

/** "Yes", "1" and "do it" take the category of the offer that they answer. */
function addOffer({ prompt, before, files, work }: Clues, points: Tally<Category>): void {
  if (!before || !prompt?.topics.includes("form:consent")) return;
  const offered = before.category;
  if (files.size === 0) {
    if (work.commits.length === 0) points.add(offered, 3, "offer");
    return;
  }
  const done = offered === "planning" || offered === "question" || offered === "git" ? "code-generation" : offered;
  points.add(done, 3, "offer");
}
