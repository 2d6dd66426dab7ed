import type { PromptEvent } from "../../domain/event.ts";
import type { Candidate } from "./candidate.ts";
import { asksAgain, says } from "./same-work.ts";

/** Turns of so long ago share a file by chance. */
const TURNS_BACK = 3;
/** After so long a pause a question is about something new, in ms. */
const PAUSE_MS = 4 * 3_600_000;

/**
 * Returns the goal that each turn pursues, as a number from 0 within the session. A turn joins the goal of the turn before it where
 * it answers it, complains about it, asks about it, has it committed, carries out its plan, or changes the files that one of the
 * last turns of the goal changed; unless it says that it is about something else.
 */
export function numberGoals(turns: readonly Candidate[]): ReadonlyMap<Candidate, number> {
  const goals = new Map<Candidate, number>();
  let count = 0;
  for (const turn of turns) {
    const { previous } = turn;
    const before = previous && goals.get(previous);
    const joined = previous && before !== undefined && joins(previous, turn) ? before : count++;
    goals.set(turn, joined);
  }
  return goals;
}

function joins(previous: Candidate, turn: Candidate): boolean {
  const { prompt } = turn.draft;
  if (!prompt || prompt.source === "other") return false;
  if (sharesFile(previous, turn)) return true;
  if (prompt.plan !== undefined) return previous.draft.events.some(({ kind }) => kind === "plan");
  if (says(prompt, "other-matter")) return false;
  if (COMPLAINTS.some((signal) => says(prompt, signal)) || asksAgain(previous, turn)) return true;
  return continues(prompt, turn, previous);
}

const COMPLAINTS = ["correction", "failure", "symptom", "contradiction", "pushback", "stop"] as const;

/** More than "commit this and push". */
const SHORT_WORDS = 8;

function continues(prompt: PromptEvent, turn: Candidate, previous: Candidate): boolean {
  const { topics, words } = prompt;
  if (topics.includes("form:consent") || topics.includes("form:agreed")) return true;
  if (words <= SHORT_WORDS && topics.some((topic) => topic.startsWith("git:"))) return true;
  const paused = turn.startedAt - previous.endedAt > PAUSE_MS;
  const asks = topics.includes("form:question") || says(prompt, "continue");
  return asks && !paused && turn.work.lastChange === 0;
}

function sharesFile(previous: Candidate, turn: Candidate): boolean {
  const own = filesOf(turn);
  if (own.size === 0) return false;
  let before: Candidate | undefined = previous;
  for (let back = 0; before && back < TURNS_BACK; back++, before = before.previous)
    for (const file of filesOf(before)) if (own.has(file)) return true;
  return false;
}

function filesOf({ work, runs }: Candidate): ReadonlySet<string> {
  return new Set([...work.edits, ...runs.flatMap((run) => run.work.edits)].map(({ file }) => file));
}
