import { WARM_UP } from "../../domain/agent-run.ts";
import type { Bill } from "../../domain/bill.ts";
import type { Switch } from "../../domain/switch.ts";
import type { JudgedTask } from "../../domain/judged-task.ts";
import type { Categories } from "../../domain/task.ts";
import type { ModelTable } from "../../models/resolve.ts";
import { toBills } from "../savings/bills.ts";
import type { Candidate } from "./candidate.ts";
import { type ColdCache, findColdCaches } from "../patterns/cold.ts";
import { groupTurns } from "./drafts.ts";
import { numberGoals } from "./goals.ts";
import type { SessionInput } from "../../domain/session-input.ts";
import { linkCandidates } from "./link.ts";
import { accountPlanning, type PlanningShare } from "../fallbacks/opusplan.ts";
import { findRefusals, type Refusal } from "../fallbacks/refusals.ts";
import { findSwitches, isSubstituted } from "../fallbacks/switches.ts";
import { separateAgents } from "./agents.ts";
import { says } from "./same-work.ts";
import { toTask } from "./to-task.ts";

/** Raised whenever a rule changes, so that sessions are judged again. */
export const RULES_VERSION = 15;

/** A retry of the client, or an error that it showed. */
export interface Trouble {
  at: number;
  session: string;
  thread: string;
  file: string;
  line: number;
  error: string;
  status?: number;
  /** Retries: how long the client waited. */
  delayMs?: number;
  /** The same in every copy of the entry. */
  entry?: number;
}

/** A request that another model answered than was asked for. */
export interface Substitution {
  /** Time of the request, in ms since the epoch. */
  at: number;
  /** ID of the session. */
  session: string;
  /** `main`, or the agent id. */
  thread: string;
  /** Path of the transcript. */
  file: string;
  /** Line of the request, 1-based. */
  line: number;
  /** The model that was asked for. */
  asked: string;
  /** The model that answered. */
  got: string;
}

/** The conclusions that the rules draw from one session. */
export interface SessionAnalysis {
  session: string;
  project: string;
  tasks: readonly JudgedTask[];
  /** Agents that the client started by itself: nobody gave them a task. */
  warmUps: readonly JudgedTask[];
  switches: readonly Switch[];
  retries: readonly Trouble[];
  failures: readonly Trouble[];
  substitutions: readonly Substitution[];
  planning?: PlanningShare;
  cold: readonly ColdCache[];
  refusals: readonly Refusal[];
  /** Keys of turns whose prompts are not in English. */
  foreign?: readonly string[];
  /** Line of the /clear that it began with: the user of the session before went on here. */
  clearedAt?: number;
  /** Requests that belong to no task, such as those before the first prompt. */
  unattached: readonly Bill[];
}

/** Returns the tasks of a session with their outcomes, and everything else that its transcripts show. */
export function analyzeSession(
  stored: SessionInput,
  models: ModelTable,
  cleared?: Candidate["cleared"],
): SessionAnalysis {
  const all = separateAgents(stored);
  const warm = all.threads.filter(({ agentType }) => agentType === WARM_UP);
  const input =
    warm.length === 0 ? all : { ...all, threads: all.threads.filter((one) => !warm.includes(one)) };
  const switches = input.threads
    .flatMap((thread) => findSwitches(thread, input.session, models))
    .sort((a, b) => a.at - b.at || a.line - b.line);
  const candidates = linkCandidates(input, switches, models, cleared);
  const tasks = toTasks(candidates, { input, switches, models });
  const planning = accountPlanning(input, switches, models);
  return {
    session: input.session,
    project: input.project,
    tasks,
    warmUps: judgeWarmUps({ ...all, threads: warm }, models),
    switches,
    retries: troubles(input, "retry"),
    failures: troubles(input, "failure"),
    substitutions: findSubstitutions(input, models),
    ...(planning && { planning }),
    cold: input.threads.flatMap((thread) => findColdCaches(thread, models)),
    refusals: input.threads.flatMap(findRefusals),
    ...foreignIn(candidates),
    ...clearedAt(input),
    unattached: toBills(
      [
        ...input.threads
          .filter(({ agentId }) => agentId === undefined)
          .flatMap((thread) => groupTurns(thread).before),
        ...warm.flatMap(({ requests }) => requests),
      ],
      models.promptBorders,
    ),
  };
}

function foreignIn(candidates: readonly Candidate[]): Pick<SessionAnalysis, "foreign"> {
  const foreign = candidates.flatMap(({ kind, draft: { prompt } }) =>
    kind === "turn" && prompt && says(prompt, "foreign") ? [prompt.uuid] : [],
  );
  return foreign.length > 0 ? { foreign } : {};
}

function toTasks(
  candidates: readonly Candidate[],
  { input, switches, models }: { input: SessionInput; switches: readonly Switch[]; models: ModelTable },
): JudgedTask[] {
  const labels = new Map<Candidate, Categories>();
  const goals = numberGoals(candidates.filter(({ kind }) => kind === "turn"));
  return candidates
    .map((candidate) => toTask(candidate, { input, switches, models, labels, goals }))
    .sort((a, b) => a.startedAt - b.startedAt);
}

/** An answer to no task is neither good nor bad. */
function judgeWarmUps(input: SessionInput, models: ModelTable): JudgedTask[] {
  const candidates = linkCandidates(input, [], models, undefined);
  return toTasks(candidates, { input, switches: [], models }).map((run): JudgedTask => ({
    ...run,
    outcome: "unknown",
    evidence: [],
  }));
}

/** A copy in a fork is older than the fork itself, and says so or comes after other events. */
function clearedAt({ threads }: SessionInput): { clearedAt?: number } {
  const main = threads.find(({ agentId }) => agentId === undefined);
  const first = main?.events.find(({ kind }) => kind !== "mode");
  if (first?.kind !== "command" || first.name !== "/clear" || first.copied) return {};
  return main?.requests.some(({ copied }) => copied) ? {} : { clearedAt: first.line };
}

function troubles({ session, threads }: SessionInput, kind: "retry" | "failure"): Trouble[] {
  return threads.flatMap(({ agentId, file, events }) =>
    events
      .filter((event) => event.kind === "retry" || event.kind === "failure")
      .filter((event) => event.kind === kind)
      .map((event) => ({
        at: event.at,
        session,
        thread: agentId ?? "main",
        file,
        line: event.line,
        error: event.error,
        ...(event.status !== undefined && { status: event.status }),
        ...(event.kind === "retry" && { delayMs: event.delayMs }),
        ...(event.entry !== undefined && { entry: event.entry }),
      })),
  );
}

function findSubstitutions({ session, threads }: SessionInput, models: ModelTable): Substitution[] {
  return threads.flatMap(({ agentId, file, requests }) =>
    requests.flatMap((row) => {
      if (!isSubstituted(row, models) || row.copied || row.part) return [];
      const asked = models.find(row.requested ?? "")?.id ?? row.requested ?? "";
      return [
        { at: row.at, session, thread: agentId ?? "main", file, line: row.line, asked, got: row.model },
      ];
    }),
  );
}
