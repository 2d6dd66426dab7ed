import type { Categories, Category } from "../../domain/task.ts";
import { agentLabels } from "./agent-labels.ts";
import { type Clues, isReplacing } from "./clues.ts";
import { scoreComplexity } from "./complexity.ts";
import { learnedCategory } from "./learned-category.ts";
import { decide, type Tally, tally, weightAt } from "./tally.ts";

/**
 * Returns the labels of a task, from its words, its tools, its files and its agent; deterministic. The weights for turns are learned from
 * labelled turns. There are no labelled agent runs and no labelled prompts of work that is still to be done: these are scored by points.
 */
export function categorize(clues: Clues): Categories {
  const isTurn = clues.agent === "main" && clues.closing !== undefined;
  const category = isTurn ? learnedCategory(clues) : scoreCategory(clues);
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

/** The weight of a word of each kind. */
const WORD_POINTS: Readonly<Partial<Record<Category, number>>> = {
  git: 4,
  review: 2.5,
  planning: 2.5,
  debugging: 2,
  refactoring: 2.5,
  docs: 2,
  "code-generation": 1,
  question: 1,
};

/** Words that say more or less than others of their kind. */
const OF_WORDS: Readonly<Record<string, number>> = {
  "debugging:bug": 3,
  "debugging:error": 1.5,
  "debugging:issue": 5,
  "git:rebase": 4,
};

function scoreCategory(clues: Clues) {
  const points = tally<Category>();
  addWords(clues, points);
  addSignals(clues, points);
  addDeeds(clues, points);
  const agent = agentLabels(clues.agent);
  if (agent) points.add(agent.category, 5, `agent:${clues.agent}`);
  return decide(points, ORDER, clues.files.size > 0 ? "code-generation" : "question");
}

function addWords(clues: Clues, points: Tally<Category>): void {
  const isRedWanted = clues.prompt?.signals.includes("expects-red") === true;
  const words = (clues.prompt?.topics ?? []).filter(
    (topic) => OF_CATEGORIES.test(topic) && !(isRedWanted && topic === "debugging:fails"),
  );
  let designs = false;
  words.forEach((topic, position) => {
    const [group = "", word = ""] = topic.split(":");
    const base = OF_WORDS[topic] ?? WORD_POINTS[group as Category];
    if (base === undefined) return;
    if (group === "planning") designs = true;
    const amount = base * weightAt(position) * trustIn(group as Category, clues);
    points.add(group as Category, amount, `word:${word}`);
  });
  // An idea that is talked about and not carried out is design.
  if (words.includes("planning:propose") && !hasWritten(clues))
    points.add("planning", 2.5, "prompt:proposal");
  const first = words.find((topic) => topic !== "docs:file");
  if (first === "review:review") points.add("review", 1.5, "word:review");
  if (first === "question:explain") points.add("question", 1.5, "word:explain");
  if (designs && clues.files.size === 0 && (clues.prompt?.words ?? 0) > DESIGN_TALK)
    points.add("planning", 1.5, "prompt:long");
}

function hasWritten({ files, unseen }: Clues): boolean {
  return files.size > 0 || unseen;
}

/** Signals of a category: the form of a prompt and the difficulty of the work are scored elsewhere. */
const OF_CATEGORIES = /^(?!form:|mechanical:|reasoning:)/;

/** A prompt says that it is a long one. */
const LONG_PROMPT = 12;

/** Number of words above which a prompt about an approach that changed nothing is design. */
const DESIGN_TALK = 40;

/** The weight of the name of a skill or command. */
const COMMAND_NAME = 2;

/** Returns how far a category's words can be trusted, by what the prompt is and what was done. */
function trustIn(category: Category, clues: Clues): number {
  const { prompt, files, work, unseen } = clues;
  const has = (form: string): boolean => prompt?.topics.includes(form) === true;
  // "Add error handling" asks for code.
  if (category === "debugging" && has("form:request") && isAskedFirst(clues, "code-generation")) return 0.4;
  if (category === "planning") return files.size > 0 || unseen ? 0.3 : 1;
  if (has("form:plan")) return FROM_PLANS.has(category) ? 1 : 0.3;
  if (has("form:command")) return COMMAND_NAME;
  if (category !== "git" || has("git:rebase") || work.commits.length + work.publishes.length > 0) return 1;
  // "Merge" and "push" in a long prompt or in a question are mostly what it is about.
  return (prompt?.words ?? 0) > LONG_PROMPT || has("form:question") ? 0.4 : 1;
}

/** The categories that a plan can have when it is carried out. */
const FROM_PLANS: ReadonlySet<Category> = new Set(["code-generation", "refactoring", "debugging"]);

/** A finding of a review is answered, a symptom is looked into. */
function addSignals(clues: Clues, points: Tally<Category>): void {
  const { prompt, planMode } = clues;
  const signals = new Set(prompt?.signals);
  const forms = new Set(prompt?.topics);
  if (signals.has("finding")) points.add("review", 6, "prompt:finding");
  if (!signals.has("expects-red")) {
    if (signals.has("failure")) points.add("debugging", 4, "prompt:failure");
    else if (signals.has("symptom")) points.add("debugging", 3, "prompt:symptom");
  }
  if (forms.has("form:plan")) {
    const fixes = isAskedFirst(clues, "debugging");
    points.add(fixes ? "debugging" : "code-generation", fixes ? 4 : 2, "prompt:plan");
  }
  if (forms.has("form:question")) points.add("question", 2, "prompt:question");
  if (planMode) points.add("planning", 6, "mode:plan");
}

function isWordOfDocs(topic: string): boolean {
  return topic.startsWith("docs:") && topic !== "docs:file";
}

/** Adds points for what was done, which says more than what was asked for. */
function addDeeds(clues: Clues, points: Tally<Category>): void {
  const { prompt, events, work, planMode, unseen } = clues;
  const written = clues.files.size;
  const proposed = events.some((event) => event.kind === "plan" && event.step === "proposed");
  if (proposed && written === 0) points.add("planning", 4, "tools:plan");
  if (written > 0 && clues.onlyDocs && !unseen) {
    const isPlan = clues.onlyPlans && !prompt?.topics.some(isWordOfDocs);
    points.add(isPlan ? "planning" : "docs", 4, isPlan ? "files:plan" : "files:docs");
    points.drop("refactoring", "code-generation");
  } else if (written > 0) {
    points.add("code-generation", 1, "tools:edits");
    // By itself it may as well be another wish for the same lines.
    if (isReplacing(clues) && points.get("refactoring") > 0) points.add("refactoring", 1.2, "edits:replaced");
    points.scale("docs", 0.4);
    if (!planMode) points.drop("planning");
    points.scale("question", 0.2);
  } else if (!unseen && !prompt?.topics.some((topic) => topic === "form:plan" || topic === "form:request")) {
    points.add("question", 1.5, "tools:read-only");
    points.scale("code-generation", 0.4);
    points.scale("refactoring", 0.5);
  }
  const moved = work.commits.length + work.publishes.length > 0;
  const asks = prompt?.topics.includes("form:question") === true;
  if (moved && (written === 0 ? !unseen : isAskedFirst(clues, "git")))
    points.add("git", asks ? 1.5 : 4, "tools:git");
  else if (moved && written > 0) points.scale("git", 0.5);
}

/** The first word of the prompt that says what it asks for is of this category. */
function isAskedFirst({ prompt }: Clues, category: Category): boolean {
  const first = prompt?.topics.find((topic) => OF_CATEGORIES.test(topic) && topic !== "docs:file");
  return first?.startsWith(`${category}:`) === true;
}
