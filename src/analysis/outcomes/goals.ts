import type { PromptEvent } from "../../domain/event.ts";
import type { Candidate } from "./candidate.ts";
import { asksAgain, says } from "./same-work.ts";

/** Turns of so long ago share a file by chance. */
const TURNS_BACK = 3;
/** After so long a pause a turn that shares no file with those before it is about something new, in ms. */
const PAUSE_MS = 90 * 60_000;
/** Once its work has been committed, only a question that comes soon still belongs to a goal. */
const SOON_MS = 10 * 60_000;

/**
 * Returns the goal that each turn pursues, as a number from 0 within the session. A turn goes on with the goal of the turn before it, unless it
 * says that it is about something else, comes after a long pause, hands over another plan, pastes another finding of a review, or
 * follows the commit of that work. Even then it goes on if it complains, agrees, has something committed, or changes a file that one of the
 * last turns changed.
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
  if (asksAgain(previous, turn) || agrees(prompt)) return true;
  if (says(prompt, "other-matter")) return false;
  if (COMPLAINTS.some((signal) => says(prompt, signal))) return true;
  const pauseMs = turn.startedAt - previous.endedAt;
  if (says(prompt, "finding") || pauseMs > PAUSE_MS) return false;
  return !isFinished(previous) || (pauseMs < SOON_MS && asks(prompt) && turn.work.lastChange === 0);
}

const COMPLAINTS = ["correction", "failure", "symptom", "contradiction", "pushback", "stop"] as const;

/** More than "commit this and push". */
const SHORT_WORDS = 8;

/** Returns whether a prompt consents to what was offered, or has the work committed. */
function agrees({ topics, words }: PromptEvent): boolean {
  if (topics.includes("form:consent") || topics.includes("form:agreed")) return true;
  return words <= SHORT_WORDS && topics.some((topic) => topic.startsWith("git:"));
}

function asks(prompt: PromptEvent): boolean {
  return prompt.topics.includes("form:question") || says(prompt, "continue");
}

/** Returns whether a turn did nothing but commit or publish the work of its goal. */
function isFinished(turn: Candidate): boolean {
  const { commits, publishes } = turn.work;
  return commits.length + publishes.length > 0 && filesOf(turn).size === 0;
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
