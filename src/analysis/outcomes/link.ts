import type { Event } from "../../domain/event.ts";
import type { Switch } from "../../domain/switch.ts";
import type { ModelTable } from "../../models/resolve.ts";
import type { Candidate } from "./candidate.ts";
import { type Draft, groupAgentRun, groupTurns } from "./drafts.ts";
import type { SessionInput, ThreadInput } from "../../domain/session-input.ts";
import { tierOf } from "../fallbacks/switches.ts";
import { reportOf } from "./agents.ts";
import { readWork } from "./work.ts";

/** While linking, what a candidate knows of the others is still being filled in. */
type Open = { -readonly [Key in keyof Candidate]: Candidate[Key] } & {
  runs: Open[];
  laterRuns: Open[];
  parent?: Open;
  next?: Open;
  previous?: Open;
  rewoundBy?: Open;
};

/** The tasks of a session, each knowing its parent, its agent runs, what came next and what was given out later. */
export function linkCandidates(
  input: SessionInput,
  switches: readonly Switch[],
  models: ModelTable,
  cleared: Candidate["cleared"],
): Candidate[] {
  const mains = input.threads.filter(({ agentId }) => agentId === undefined);
  const threads = mains.map((thread) => groupTurns(thread).turns.map((draft) => open(draft, "turn", models)));
  for (const turns of threads) linkTurns(turns, switches);
  const last = threads.at(-1)?.at(-1);
  if (last && cleared) last.cleared = cleared;
  const turns = threads.flat().sort((a, b) => a.startedAt - b.startedAt);
  turns.forEach((turn, index) => (turn.index = index));
  const runs = input.threads
    .filter(({ agentId }) => agentId !== undefined)
    .map((thread) => open(groupAgentRun(thread), "agent-run", models))
    .filter(hasLeftSomething)
    .sort((a, b) => a.startedAt - b.startedAt);
  linkRuns(runs, turns);
  return [...turns, ...runs];
}

function hasLeftSomething({ draft }: Open): boolean {
  const { thread, requests, events } = draft;
  return (
    requests.length > 0 || reportOf(thread) !== undefined || events.some(({ kind }) => kind === "failure")
  );
}

function open(draft: Draft, kind: Candidate["kind"], models: ModelTable): Open {
  const reported = reportOf(draft.thread);
  const start = tierOf(models, draft.requests[0]?.model ?? reported?.model ?? "");
  const final = tierOf(models, draft.requests.at(-1)?.model ?? reported?.model ?? "");
  const times = [...draft.requests.map(({ at }) => at), ...draft.events.filter(isWork).map(({ at }) => at)];
  const startedAt = reported?.startedAt ?? draft.prompt?.at ?? times[0] ?? 0;
  return {
    draft,
    kind,
    work: readWork(draft.events),
    startedAt,
    endedAt: Math.max(startedAt, reported?.endedAt ?? startedAt, ...times),
    runs: [],
    laterRuns: [],
    ...(start && { startTier: start }),
    ...(final && { finalTier: final }),
  };
}

/** Events that the work itself leaves, and not what the user or the client does after it. */
function isWork({ kind }: Event): boolean {
  return (
    kind === "result" ||
    kind === "failure" ||
    kind === "interrupt" ||
    kind === "edit" ||
    kind === "shell" ||
    kind === "retry" ||
    kind === "answer"
  );
}

/** A prompt that answers the same entry as an earlier one takes the place of all turns since. */
function linkRewinds(turns: readonly Open[]): void {
  turns.forEach((turn, index) => {
    const { after } = turn.draft.prompt ?? {};
    const from = after === undefined ? -1 : turns.findIndex(({ draft }) => draft.prompt?.after === after);
    if (from >= 0) for (const undone of turns.slice(from, index)) undone.rewoundBy ??= turn;
  });
}

function linkTurns(turns: readonly Open[], switches: readonly Switch[]): void {
  linkRewinds(turns);
  turns.forEach((turn, index) => {
    const next = turns[index + 1];
    if (!next) return;
    turn.next = next;
    next.previous = turn;
    const from = next.draft.prompt?.line ?? 0;
    const until = next.draft.requests[0]?.line ?? from;
    const { file } = turn.draft.thread;
    const change = switches.findLast(
      (change) =>
        change.file === file && change.thread === "main" && change.line >= from && change.line <= until,
    );
    if (change) turn.nextCause = change.cause;
  });
}

/** Later runs further away than this many turns are work of their own. */
const TURNS_AFTER = 2;

function linkRuns(runs: readonly Open[], turns: readonly Open[]): void {
  for (const run of runs) {
    const parent = findParent(run, runs, turns);
    if (!parent) continue;
    run.parent = parent;
    const call = findCall(run.draft.thread, parent);
    if (call) run.call = call;
  }
  const roots = runs.map(rootOf);
  const places = roots.map((root) => (root ? turns.indexOf(root) : -1));
  runs.forEach((run, index) => {
    const root = roots[index];
    for (let above = run.parent; above; above = above.parent) above.runs.push(run);
    if (root?.next) run.next = root.next;
    const from = places[index] as number;
    run.laterRuns = runs.filter((later, other) => {
      const place = places[other] as number;
      return later.startedAt > run.endedAt && (place < 0 || from < 0 || place - from <= TURNS_AFTER);
    });
  });
}

function rootOf(run: Open): Open | undefined {
  let root: Open | undefined = run;
  for (let depth = 0; root?.kind === "agent-run" && depth < 8; depth++) root = root.parent;
  return root?.kind === "turn" ? root : undefined;
}

/** By the tool call that started it, the id in the call's result, the parent's agent id, or else by time. */
function findParent(run: Open, runs: readonly Open[], turns: readonly Open[]): Open | undefined {
  const { toolUseId, agentId, parentAgentId } = run.draft.thread;
  const all = [...turns, ...runs].filter((other) => other !== run);
  return (
    all.find(
      ({ draft }) =>
        toolUseId !== undefined &&
        draft.events.some((event) => event.kind === "agent-call" && event.id === toolUseId),
    ) ??
    all.find(({ work }) => [...work.results.values()].some((result) => result.agentId === agentId)) ??
    runs.find(({ draft }) => parentAgentId !== undefined && draft.thread.agentId === parentAgentId) ??
    turns.findLast(({ startedAt }) => startedAt <= run.startedAt)
  );
}

function findCall(thread: ThreadInput, parent: Open): Candidate["call"] | undefined {
  const { toolUseId, agentId } = thread;
  const result = [...parent.work.results.values()].find(
    (result) =>
      (toolUseId !== undefined && result.id === toolUseId) ||
      (agentId !== undefined && result.agentId === agentId),
  );
  const note = parent.draft.events.findLast(
    (event) => event.kind === "notification" && event.task === agentId,
  );
  if (!result) return undefined;
  const status = (note?.kind === "notification" ? note.status : undefined) ?? result.status;
  return {
    line: note?.line ?? result.line,
    file: parent.draft.thread.file,
    ok: result.ok,
    ...(result.denied && { denied: result.denied }),
    ...(status !== undefined && { status }),
  };
}
