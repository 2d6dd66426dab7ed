import type { Event } from "../../domain/event.ts";
import type { Switch } from "../../domain/switch.ts";
import type { JudgedTask } from "../../domain/judged-task.ts";
import { countHashes } from "../../domain/hashes.ts";
import { isEffort, isFamily } from "../../domain/model.ts";
import type { Categories, Outcome, Task } from "../../domain/task.ts";
import { promptTokens } from "../../domain/usage.ts";
import type { ModelTable } from "../../models/resolve.ts";
import { sumTokens, toBills } from "../savings/bills.ts";
import { type Candidate, isUnseen } from "./candidate.ts";
import { categorize } from "./categories.ts";
import type { Clues } from "./clues.ts";
import type { Draft } from "./drafts.ts";
import { reportOf } from "./agents.ts";
import { findLoops } from "./loops.ts";
import { planLeftOpen } from "./plans.ts";
import { takenOverBy } from "./escalated.ts";
import type { RequestRow, SessionInput } from "../../domain/session-input.ts";
import { judge } from "./outcome.ts";
import { isSubstituted } from "../fallbacks/switches.ts";
import { passAfterChanges, uncleared } from "./work.ts";

interface TaskSurroundings {
  input: SessionInput;
  switches: readonly Switch[];
  models: ModelTable;
  /** Labels of the tasks before it. */
  labels: Map<Candidate, Categories>;
  /** The goal of each turn. */
  goals: ReadonlyMap<Candidate, number>;
}

/** Returns a judged task as everything else uses it, and adds its labels to those of the tasks before it. */
export function toTask(candidate: Candidate, surroundings: TaskSurroundings): JudgedTask {
  const { input, switches, models } = surroundings;
  const { draft, kind } = candidate;
  const { thread, prompt, requests } = draft;
  const verdict = judge(candidate);
  const agent = kind === "turn" ? "main" : (thread.agentType ?? "unknown");
  const reported = reportOf(thread);
  return {
    kind,
    key: kind === "turn" ? (prompt?.uuid ?? "") : (thread.agentId ?? ""),
    session: input.session,
    project: input.project,
    file: thread.file,
    line: reported?.line ?? prompt?.line ?? requests[0]?.line ?? 1,
    ...(kind === "turn" ? { index: indexOf(candidate) } : { agentId: thread.agentId ?? "" }),
    agent,
    role: agent,
    ...parentOf(candidate),
    startedAt: candidate.startedAt,
    durationMs: candidate.endedAt - candidate.startedAt,
    ...modelFields(candidate, verdict.outcome, models),
    ...askedFor(candidate),
    ...costFields(candidate, models),
    promptWords: prompt?.words ?? 0,
    ...workFields(candidate),
    planMode: isPlanning(candidate),
    availabilityFallback: hasFallback(candidate, switches),
    verification: verificationOf(candidate),
    ...verdict,
    categories: label(candidate, agent, surroundings.labels),
    ...goalOf(candidate, surroundings.goals),
    ...planFields(candidate),
    ...(reported?.totalTokens !== undefined && { reportedTokens: reported.totalTokens }),
  };
}

function modelFields(candidate: Candidate, outcome: Outcome, models: ModelTable) {
  const { startTier } = candidate;
  const { requests } = candidate.draft;
  const takenOver = outcome === "escalated" ? takenOverBy(candidate)?.startTier : undefined;
  const finalTier = takenOver ?? candidate.finalTier;
  const effort = requests.map((row) => row.effort).find(isEffort);
  return {
    models: modelsOf(candidate, models),
    ...(startTier && { startTier }),
    ...(finalTier && { finalTier }),
    ...(effort !== undefined && { effort }),
    substituted: requests.filter((row) => isSubstituted(row, models)).length,
  };
}

function costFields({ draft, runs }: Candidate, models: ModelTable) {
  const rows = [...draft.requests, ...draft.parts];
  const [first] = draft.requests;
  const costNano = costOf(rows);
  const ofRuns = runs.reduce((sum, run) => sum + costOf([...run.draft.requests, ...run.draft.parts]), 0);
  return {
    requests: draft.requests.length,
    tokens: sumTokens(rows),
    bills: toBills(rows, models.promptBorders),
    costNano,
    fullCostNano: costNano + ofRuns,
    contextTokens: first ? promptTokens(first.usage) : 0,
  };
}

function workFields({ draft, work }: Candidate) {
  const retries = draft.events.filter((event) => event.kind === "retry");
  return {
    filesTouched: new Set(work.edits.map(({ file }) => file)).size,
    longestEdit: Math.max(0, ...work.edits.map(({ lines }) => lines)),
    linesWritten: work.edits.reduce((sum, { lines }) => sum + lines, 0),
    retries: retries.length,
    retryDelayMs: retries.reduce((sum, { delayMs }) => sum + delayMs, 0),
    loops: findLoops(work).length,
  };
}

function label(candidate: Candidate, agent: string, labels: Map<Candidate, Categories>): Categories {
  const found = categorize(cluesOf(candidate, agent, labels));
  labels.set(candidate, found);
  return found;
}

/** Returns the evidence for a task's labels; what its agents wrote is part of what it did. */
export function cluesOf(
  candidate: Candidate,
  agent: string,
  labels: ReadonlyMap<Candidate, Categories>,
): Clues {
  const { draft, work, runs, previous } = candidate;
  const edits = [...work.edits, ...runs.flatMap((run) => run.work.edits)];
  const before = previous && labels.get(previous);
  return {
    agent,
    events: draft.events,
    work,
    files: new Set(edits.map(({ file }) => file)),
    onlyDocs: edits.every(({ docs }) => docs),
    onlyPlans: edits.every(({ plan }) => plan),
    linesWritten: edits.reduce((sum, { lines }) => sum + lines, 0),
    linesAdded: edits.reduce((sum, { added }) => sum + countHashes(added), 0),
    linesRemoved: edits.reduce((sum, { removed }) => sum + countHashes(removed), 0),
    requests: draft.requests.length,
    planMode: isPlanning(candidate),
    unseen: runs.some(isUnseen),
    closing: closingOf(draft),
    ...(draft.prompt && { prompt: draft.prompt }),
    ...(previous && { offer: closingOf(previous.draft) }),
    ...(before && { before }),
  };
}

/** Returns what the last text of a turn says. */
function closingOf({ events }: Draft): readonly string[] {
  const last = events.findLast((event) => event.kind === "answer");
  return last?.says ?? [];
}

/** Models that answered; of a run that is known only from its result, the model that the client reported. */
function modelsOf({ draft }: Candidate, models: ModelTable): readonly string[] {
  const answered = [...new Set(draft.requests.map(({ model }) => model))];
  const reported = reportOf(draft.thread)?.model;
  if (answered.length > 0 || reported === undefined) return answered;
  return [models.find(reported)?.id ?? reported];
}

/** An agent run serves the goal of the turn that it belongs to. */
function goalOf(candidate: Candidate, goals: ReadonlyMap<Candidate, number>): { goal?: number } {
  let turn: Candidate | undefined = candidate;
  for (let depth = 0; turn?.kind === "agent-run" && depth < 8; depth++) turn = turn.parent;
  const goal = turn && goals.get(turn);
  return goal === undefined ? {} : { goal };
}

function planFields(candidate: Candidate): Pick<JudgedTask, "plan" | "carriesOut"> {
  const { prompt } = candidate.draft;
  const left = candidate.kind === "turn" ? planLeftOpen(candidate)?.plan : undefined;
  const { plan, planFrom } = prompt ?? {};
  return {
    ...(left !== undefined && { plan: left }),
    ...(plan !== undefined && { carriesOut: { plan, ...(planFrom !== undefined && { session: planFrom }) } }),
  };
}

function indexOf(candidate: Candidate): number {
  return candidate.index ?? 0;
}

function parentOf({ kind, parent }: Candidate): { parent?: string } {
  if (kind === "turn" || !parent) return {};
  return { parent: parent.kind === "turn" ? `turn:${indexOf(parent)}` : (parent.draft.thread.agentId ?? "") };
}

/** Returns what the call asked for, and what the client made of it. */
function askedFor({ kind, draft, parent }: Candidate): Pick<JudgedTask, "askedModel" | "resolvedModel"> {
  if (kind === "turn") return {};
  const { thread, events, requests } = draft;
  const calls = parent?.draft.events.filter((event) => event.kind === "agent-call") ?? [];
  const result = [...(parent?.work.results.values() ?? [])].find(
    ({ id, agentId }) => id === thread.toolUseId || (agentId !== undefined && agentId === thread.agentId),
  );
  const call = calls.find(({ id }) => id === (thread.toolUseId ?? result?.id));
  // Later clients write the model that they chose here, earlier ones what the call asked for.
  const asked = call?.model ?? (isFamily(thread.askedModel ?? "") ? thread.askedModel : undefined);
  const notice = events.find((event) => event.kind === "model-notice")?.model;
  const resolved = result?.resolvedModel ?? notice ?? requests[0]?.requested;
  return {
    ...(asked !== undefined && { askedModel: asked }),
    ...(resolved !== undefined && { resolvedModel: resolved }),
  };
}

function isPlanning({ draft }: Candidate): boolean {
  if (draft.prompt?.permissionMode === "plan") return true;
  return draft.events.some(
    (event: Event) =>
      event.kind === "plan" && event.step === "entered" && event.line < (draft.requests[0]?.line ?? 0),
  );
}

function hasFallback({ draft }: Candidate, switches: readonly Switch[]): boolean {
  const { file, agentId = "main" } = draft.thread;
  const own = switches.filter(
    (one) =>
      one.cause === "availability" &&
      one.trigger !== "recovered" &&
      one.file === file &&
      one.thread === agentId,
  );
  if (own.length === 0) return false;
  const lines = [...draft.requests.map(({ line }) => line), ...draft.events.map(({ line }) => line)];
  const [first, last] = [Math.min(...lines), Math.max(...lines)];
  return own.some(({ line }) => line >= first && line <= last);
}

function verificationOf({ work }: Candidate): Task["verification"] {
  if (work.checks.length === 0) return "none";
  if (uncleared(work.checks).length > 0) return "failed";
  return passAfterChanges(work) ? "passed" : "unclear";
}

function costOf(rows: readonly RequestRow[]): number {
  return rows.reduce((sum, { costNano }) => sum + (costNano ?? 0), 0);
}
