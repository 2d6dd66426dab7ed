import type { NanoUsd } from "../domain/money.ts";
import type { Period } from "../domain/period.ts";
import { readContextGroups, type SpendGroup } from "../store/spend-groups.ts";
import type { ContextRow } from "../store/spent.ts";
import type { History } from "../history/open-history.ts";
import { contextFilter, type Filters, projectName } from "../history/filters.ts";
import { addGroup, noSpend, type Spend } from "./spend.ts";

/** One session as a line of the list. */
export interface SessionSummary extends Spend {
  session: string;
  project: string;
  /** Of its first and its last request, in ms since the epoch. */
  startedAt: number;
  endedAt: number;
  /** Canonical ids, the dearest first. */
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

/** The sessions with a request in the period that the filters let through, and what those requests cost. */
export function listSessions(
  history: History,
  period: Period,
  filters: Filters,
  { order = "newest", limit }: { order?: SessionOrder; limit?: number | undefined } = {},
): SessionList {
  const keep = contextFilter(history, filters);
  const drafts = new Map<string, Draft>();
  const total = noSpend();
  for (const group of readContextGroups(history.store, period)) {
    const { context } = group;
    if (!keep(context)) continue;
    let draft = drafts.get(context.session);
    if (!draft) drafts.set(context.session, (draft = startDraft(context, group)));
    addToDraft(draft, group, context);
    addGroup(total, group, context);
  }
  const all = [...drafts.values()].map(finish).sort(ORDERS[order]);
  return { sessions: all.slice(0, limit ?? all.length), found: all.length, total };
}

const ORDERS: Record<SessionOrder, (a: SessionSummary, b: SessionSummary) => number> = {
  newest: (a, b) => b.startedAt - a.startedAt || byId(a, b),
  cost: (a, b) => b.costNano - a.costNano || byId(a, b),
  requests: (a, b) => b.requests - a.requests || byId(a, b),
};

function byId(a: SessionSummary, b: SessionSummary): number {
  return a.session < b.session ? -1 : 1;
}

interface Draft extends Spend {
  session: string;
  project: string;
  startedAt: number;
  endedAt: number;
  modelCosts: Map<string, NanoUsd>;
  agents: Set<string>;
}

function startDraft({ session, project }: ContextRow, { firstAt, lastAt }: SpendGroup): Draft {
  return {
    session,
    project: projectName(project),
    startedAt: firstAt,
    endedAt: lastAt,
    modelCosts: new Map(),
    agents: new Set(),
    ...noSpend(),
  };
}

function addToDraft(draft: Draft, group: SpendGroup, context: ContextRow): void {
  addGroup(draft, group, context);
  draft.startedAt = Math.min(draft.startedAt, group.firstAt);
  draft.endedAt = Math.max(draft.endedAt, group.lastAt);
  draft.modelCosts.set(context.model, (draft.modelCosts.get(context.model) ?? 0) + (group.cost ?? 0));
  if (context.agentId !== "") draft.agents.add(context.agentId);
}

function finish({ modelCosts, agents, ...summary }: Draft): SessionSummary {
  const models = [...modelCosts].sort(([, a], [, b]) => b - a).map(([model]) => model);
  return { ...summary, models, agentRuns: agents.size };
}
