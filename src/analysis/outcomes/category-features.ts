import { type Clues, isReplacing } from "./clues.ts";
import { countTools, weightAt } from "./tally.ts";

/** Evidence for a category by name, each with how much of it there is. */
export type Features = ReadonlyMap<string, number>;

/** Returns the evidence that the learned weights are for: the prompt, the deeds, the last words, and the turn before. */
export function featuresOf(clues: Clues): Features {
  const found = new Map<string, number>([["any", 1]]);
  addPrompt(clues, found);
  addDeeds(clues, found);
  addClosing("says", clues.closing ?? [], found);
  addOffer(clues, found);
  return found;
}

/** Signals that differ between kinds of work. */
const SIGNALS: ReadonlySet<string> = new Set([
  "finding",
  "symptom",
  "failure",
  "correction",
  "pushback",
  "doubt",
  "expects-red",
  "praise",
  "contradiction",
]);

/** Number of words of prompts that are short, long and very long. */
const SHORT = 4;
const LONG = 40;
const VERY_LONG = 100;

function addPrompt({ prompt, planMode }: Clues, found: Map<string, number>): void {
  let position = 0;
  for (const topic of prompt?.topics ?? []) {
    const [group = ""] = topic.split(":");
    if (group === "mechanical" || group === "reasoning") continue;
    if (group === "form" || topic === "docs:file") {
      found.set(topic, 1);
      continue;
    }
    found.set(topic, weightAt(position));
    if (position === 0) found.set(`first:${group}`, 1);
    position++;
  }
  for (const signal of prompt?.signals ?? []) if (SIGNALS.has(signal)) found.set(`prompt:${signal}`, 1);
  const words = prompt?.words ?? 0;
  if (words <= SHORT) found.set("prompt:short", 1);
  if (words > LONG) found.set("prompt:long", 1);
  if (words > VERY_LONG) found.set("prompt:very-long", 1);
  if (planMode) found.set("mode:plan", 1);
}

function addDeeds(clues: Clues, found: Map<string, number>): void {
  const { events, files, work, onlyDocs, onlyPlans, unseen } = clues;
  const note = (name: string, holds: boolean): unknown => holds && found.set(name, 1);
  const hasWritten = files.size > 0;
  note(hasWritten ? "tools:edits" : "tools:read-only", true);
  note("files:docs", hasWritten && onlyDocs);
  note("files:plan", hasWritten && onlyPlans);
  note("edits:replaced", hasWritten && isReplacing(clues));
  note("agents:unseen", unseen);
  const moved = work.commits.length + work.publishes.length > 0;
  note("tools:git", moved);
  note("tools:only-git", moved && !hasWritten);
  note("tools:gh", countTools(events, /^gh$/) > 0);
  note("tools:web", countTools(events, /^Web/) > 0);
  note("checks", work.checks.length > 0);
  note(
    "checks:red",
    work.checks.some(({ verdict }) => verdict === "fail"),
  );
  note(
    "plan:proposed",
    events.some((event) => event.kind === "plan" && event.step === "proposed"),
  );
  for (const [name, type] of AGENTS)
    note(
      name,
      events.some((event) => event.kind === "agent-call" && type.test(event.agent)),
    );
}

const AGENTS = [
  ["agents:review", /review/i],
  ["agents:explore", /explor/i],
] as const;

/** The value of words that stand only at the end: they say less. */
const AT_THE_END = 0.7;

function addClosing(group: string, closing: readonly string[], found: Map<string, number>): void {
  if (closing.length === 0) found.set(`${group}:nothing`, 1);
  for (const one of closing) found.set(`${group}:${one}`, one.endsWith("-end") ? AT_THE_END : 1);
}

/** Longer prompts say themselves what is wanted. */
const ANSWER_WORDS = 10;

/** "Yes", "1" and "do it" say nothing by themselves: they take up what the turn before offered. */
function addOffer({ prompt, offer = [], before }: Clues, found: Map<string, number>): void {
  const words = prompt?.words ?? 0;
  const consents = CONSENTS.some((form) => prompt?.topics.includes(form));
  if (consents || words < ANSWER_WORDS) addClosing("answers", offer, found);
  if (consents) addClosing("accepts", offer, found);
  if (!before) return;
  found.set(`before:${before.category}`, PREVIOUS);
  if (words < SHORT_ANSWER) found.set(`short-after:${before.category}`, 1);
}

const CONSENTS = ["form:consent", "form:agreed"];
const PREVIOUS = 0.7;
const SHORT_ANSWER = 8;
