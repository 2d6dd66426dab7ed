import type { NanoUsd } from "../domain/money.ts";
import type { Period } from "../domain/period.ts";
import { type Filters, projectName, toWhere } from "../history/filters.ts";
import { readSessionTitles } from "../history/session-titles.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { readSessionEnds } from "../store/session-times.ts";
import { type SpendSum, sumSpend } from "../store/spend-sums.ts";
import { addSum, noSpend, type Spend } from "./spend.ts";

/** One session as a line of the list. */
export interface SessionSummary extends Spend {
  session: string;
  /** Empty when the transcript is gone and titles are not kept. */
  title: string;
  project: string;
  /** Of its first request, in ms since the epoch. */
  startedAt: number;
  /** Of the last entry of its transcripts: an answer goes on after its request. Not after the period. */
  endedAt: number;
  /** Canonical ids, the most expensive first. */
  models: string[];
  /** Agent runs that made a request. */
  agentRuns: number;
}

export interface SessionList {
  /** As many as were asked for. */
  sessions: SessionSummary[];
  /** Of all that match. */
  found: number;
  total: Spend;
}

export const SESSION_ORDERS = ["newest", "cost", "requests"] as const;
export type SessionOrder = (typeof SESSION_ORDERS)[number];

interface SessionListOrder {
  order?: SessionOrder;
  reverse?: boolean;
  limit?: number | undefined;
  /** IDs; absent: all. */
  only?: readonly string[];
}

/** The sessions with a request in the period that the filters let through, and what those requests cost. */
export function listSessions(
  history: OpenedHistory,
  period: Period,
  filters: Filters,
  { order = "newest", reverse, limit, only }: SessionListOrder = {},
): SessionList {
  const drafts = new Map<string, SessionDraft>();
  const total = noSpend();
  const where = { ...toWhere(history, filters), ...(only && { session: only }) };
  for (const sum of sumSpend(history.store, COLUMNS, period, where)) {
    const session = String(sum.values.session);
    let draft = drafts.get(session);
    if (!draft) drafts.set(session, (draft = startDraft(session, sum)));
    addToDraft(draft, sum);
    addSum(total, sum);
  }
  const { until = Infinity } = period;
  const ends = readSessionEnds(history.store);
  for (const draft of drafts.values())
    draft.endedAt = Math.max(draft.endedAt, Math.min(ends.get(draft.session) ?? 0, until));
  const sorted = [...drafts.values()].map(finish).sort(ORDERS[order]);
  const all = reverse ? sorted.reverse() : sorted;
  const asked = all.slice(0, limit ?? all.length);
  const titles = readSessionTitles(
    history.store,
    asked.map(({ session }) => session),
  );
  const sessions = asked.map((one) => ({ ...one, title: titles.get(one.session) ?? "" }));
  return { sessions, found: all.length, total };
}

type Untitled = Omit<SessionSummary, "title">;

const ORDERS: Record<SessionOrder, (a: Untitled, b: Untitled) => number> = {
  newest: (a, b) => b.startedAt - a.startedAt || byId(a, b),
  cost: (a, b) => b.costNano - a.costNano || byId(a, b),
  requests: (a, b) => b.requests - a.requests || byId(a, b),
};

function byId(a: Untitled, b: Untitled): number {
  return a.session < b.session ? -1 : 1;
}

interface SessionDraft extends Spend {
  session: string;
  project: string;
  startedAt: number;
  endedAt: number;
  modelCosts: Map<string, NanoUsd>;
  agents: Set<string>;
}

const COLUMNS = ["session", "project", "model", "agentId"] as const;
type SessionSum = SpendSum<(typeof COLUMNS)[number]>;

function startDraft(session: string, { values, firstAt, lastAt }: SessionSum): SessionDraft {
  return {
    session,
    project: projectName(String(values.project)),
    startedAt: firstAt,
    endedAt: lastAt,
    modelCosts: new Map(),
    agents: new Set(),
    ...noSpend(),
  };
}

function addToDraft(draft: SessionDraft, sum: SessionSum): void {
  const { model, agentId } = sum.values;
  addSum(draft, sum);
  draft.startedAt = Math.min(draft.startedAt, sum.firstAt);
  draft.endedAt = Math.max(draft.endedAt, sum.lastAt);
  draft.modelCosts.set(String(model), (draft.modelCosts.get(String(model)) ?? 0) + sum.cost);
  if (agentId !== "") draft.agents.add(String(agentId));
}

function finish({ modelCosts, agents, ...summary }: SessionDraft): Untitled {
  const models = [...modelCosts].sort(([, a], [, b]) => b - a).map(([model]) => model);
  return { ...summary, models, agentRuns: agents.size };
}
