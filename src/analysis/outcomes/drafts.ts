import type { Event, PromptEvent } from "../../domain/event.ts";
import type { RequestRow, ThreadInput } from "../../domain/session-input.ts";

/** A task before it is judged: its prompt, what was requested and what happened, in order of lines. */
export interface Draft {
  thread: ThreadInput;
  /** Absent for an agent run without one. */
  prompt?: PromptEvent;
  requests: RequestRow[];
  /** The requests that were billed with them at other models. */
  parts: RequestRow[];
  events: Event[];
}

/** The turns of a main thread, and the requests before the first of them. */
export function groupTurns(thread: ThreadInput): { turns: Draft[]; before: RequestRow[] } {
  const turns: Draft[] = [];
  const before: RequestRow[] = [];
  for (const item of inOrder(thread)) {
    if ("kind" in item && item.kind === "prompt" && item.source !== "agent")
      turns.push({ thread, prompt: item, requests: [], parts: [], events: [] });
    const turn = turns.at(-1);
    if (turn) addTo(turn, item);
    else if (!("kind" in item) && !item.copied) before.push(item);
  }
  return {
    turns: turns.filter(isTask),
    before: [...before, ...turns.filter((turn) => !isTask(turn)).flatMap((turn) => turn.parts)],
  };
}

/** An agent run: everything in its file, except what it carries of its parent's history. */
export function groupAgentRun(thread: ThreadInput): Draft {
  const draft: Draft = { thread, requests: [], parts: [], events: [] };
  const fork = thread.events.findLast(({ kind }) => kind === "fork")?.line ?? 0;
  for (const item of inOrder(thread)) {
    if (item.line < fork) continue;
    if ("kind" in item && item.kind === "prompt") draft.prompt ??= item;
    addTo(draft, item);
  }
  return draft;
}

/** A prompt that was cancelled before any request is not a task. Neither is a branch's copy of one. */
function isTask(draft: Draft): boolean {
  if (draft.requests.length > 0) return true;
  return draft.prompt?.copied === undefined && draft.events.some(({ kind }) => kind === "failure");
}

function addTo(draft: Draft, item: Event | RequestRow): void {
  if ("kind" in item) draft.events.push(item);
  else if (item.copied) return;
  else if (item.part) draft.parts.push(item);
  else draft.requests.push(item);
}

function inOrder({ requests, events }: ThreadInput): (Event | RequestRow)[] {
  const all: (Event | RequestRow)[] = [...events, ...requests];
  return all.sort((a, b) => a.line - b.line);
}
