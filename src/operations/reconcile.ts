import { FLAG } from "../domain/file-scan.ts";
import { pathMatcher } from "../domain/name-pattern.ts";
import type { NanoUsd } from "../domain/money.ts";
import type { Period } from "../domain/period.ts";
import { priceUsage } from "../models/price.ts";
import { type ClientCost, readClientCosts, readUnseenCalls } from "../store/client-costs.ts";
import { readSessionRequests, type SessionRequest } from "../store/each-request.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { termsOf } from "../history/pricing.ts";
import { projectName } from "../history/filters.ts";

/** Claude Code's own count of a session beside what its lines add up to (docs/definitions.md, Cost). */
export interface Reconciliation {
  session: string;
  project: string;
  clientNano: NanoUsd;
  /** As the client counts: each request once, a fork's copies too and a branch's not, at the model asked for. */
  transcriptNano: NanoUsd;
  /** Amount that the client counted beyond its lines. */
  unattributedNano: NanoUsd;
  /** Known reasons for a difference, with their numbers of occurrences. */
  causes: Causes;
}

export interface Causes {
  /** Compactions: their own request leaves no line. */
  compactions: number;
  /** Answers that were refused without content leave none either. */
  refusals: number;
  /** Requests that were cut short: their line holds a lower bound. */
  cut: number;
  /** Requests of models without a known price; the client takes its default model's price for them. */
  unpriced: number;
}

/**
 * The sessions for which Claude Code left a count, the largest remainder first. Its counts are of whole sessions, so a period
 * picks sessions that were active in it, and not a part of them.
 */
export function readReconciliation(
  history: OpenedHistory,
  period: Period,
  project: string | undefined,
): Reconciliation[] {
  const isWanted = project === undefined ? () => true : pathMatcher(project);
  const found = new Map(
    readClientCosts(history.store)
      .filter((client) => isActive(client, period) && isWanted(projectName(client.project)))
      .map((client) => [client.session, startOf(client)]),
  );
  for (const request of readSessionRequests(history.store, [...found.keys()])) {
    const session = found.get(request.session);
    if (session) addRequest(session, request, history);
  }
  for (const { session, kind, count } of readUnseenCalls(history.store)) {
    const causes = found.get(session)?.causes;
    if (causes) causes[kind === "compact" ? "compactions" : "refusals"] += count;
  }
  const all = [...found.values()];
  for (const row of all) {
    row.unattributedNano = row.clientNano - row.transcriptNano;
    if (row.unattributedNano === 0) row.causes.refusals = 0; // a refused answer with content has a line
  }
  return all.sort((a, b) => Math.abs(b.unattributedNano) - Math.abs(a.unattributedNano));
}

function isActive({ firstAt, lastAt }: ClientCost, { since, until }: Period): boolean {
  return (since === undefined || (lastAt ?? 0) >= since) && (until === undefined || (firstAt ?? 0) < until);
}

function startOf({ session, project, cost }: ClientCost): Reconciliation {
  return {
    session,
    project: projectName(project),
    clientNano: cost,
    transcriptNano: 0,
    unattributedNano: 0,
    causes: { compactions: 0, refusals: 0, cut: 0, unpriced: 0 },
  };
}

function addRequest(to: Reconciliation, request: SessionRequest, { models }: OpenedHistory): void {
  if (request.flags & FLAG.branch) return;
  if (request.flags & FLAG.cut) to.causes.cut++;
  const cost = askedCost(request, models);
  if (cost === null) to.causes.unpriced++;
  else to.transcriptNano += cost;
}

/** The cost at the model asked for; what was billed along with a request at another model keeps its own. */
function askedCost(request: SessionRequest, models: OpenedHistory["models"]): NanoUsd | null {
  const { requested, flags, model } = request;
  const asked = requested === "" || flags & FLAG.part ? undefined : models.find(requested);
  if (!asked || asked.id === model) return request.cost;
  return priceUsage(asked, request, { at: request.at, ...termsOf(flags) }) ?? null;
}
