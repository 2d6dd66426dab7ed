import { sumCauses } from "../../src/analysis/ledger/cost-causes.ts";
import { filterLedgers, type LedgerFilter } from "../../src/analysis/ledger/filter.ts";
import { CAUSE_AXES } from "../../src/domain/cost-causes.ts";
import type { LedgerRequest, LedgerThread } from "../../src/domain/ledger-input.ts";
import { QUARTER_MS, type ThreadLedger } from "../../src/domain/ledger.ts";
import { sum } from "../../src/domain/numbers.ts";

/** What a filter lets through, added up in two ways. */
export interface FilteredSums {
  filter: LedgerFilter;
  /** Nano-dollars and requests of the requests one by one. */
  spend: number;
  requests: number;
  /** Nano-dollars of the leaves, of each axis, and the requests that the ledger counts. */
  leaves: number;
  axes: number[];
  counted: number;
}

/** Adds a history up under random filters: any choice of times, sessions, projects, agents, models and branches. */
export function addUpAtRandom(
  threads: readonly LedgerThread[],
  ledgers: readonly ThreadLedger[],
  random: () => number,
  times: number,
): FilteredSums[] {
  const paid = threads.flatMap((thread) =>
    thread.requests.filter(({ copied }) => !copied).map((request) => ({ thread, request })),
  );
  if (paid.length === 0) return [];
  const types = new Map(ledgers.map(({ file, agentId, agentType }) => [`${file} ${agentId}`, agentType]));
  const agentOf: AgentOf = ({ file, agentId }) => types.get(`${file} ${agentId}`) ?? "";
  return Array.from({ length: times }, () => {
    const { filter, keeps } = drawFilter(paid, agentOf, random);
    const kept = paid.filter(({ thread, request }) => keeps(thread, request)).map(({ request }) => request);
    const { causes, axes, requests } = sumCauses(filterLedgers(ledgers, filter), "UTC");
    const parents = new Set(causes.map(({ parent }) => parent));
    return {
      filter,
      spend: sum(kept.map(({ costNano = 0 }) => costNano)),
      requests: kept.filter(({ part }) => !part).length,
      leaves: sum(causes.filter(({ id }) => !parents.has(id)).map(({ nano }) => nano)),
      axes: CAUSE_AXES.map((axis) => sum(axes[axis].map(({ nano }) => nano))),
      counted: requests,
    };
  });
}

type AgentOf = (thread: LedgerThread) => string;
type Keeps = (thread: LedgerThread, request: LedgerRequest) => boolean;

/** Half of the conditions hold, each for the value of some request, so that most filters let something through. */
function drawFilter(
  paid: readonly { thread: LedgerThread; request: LedgerRequest }[],
  agentOf: AgentOf,
  random: () => number,
): { filter: LedgerFilter; keeps: Keeps } {
  const pick = () => paid[Math.floor(random() * paid.length)] as (typeof paid)[number];
  const quarterOf = (at: number) => Math.floor(at / QUARTER_MS) * QUARTER_MS;
  const filter: LedgerFilter = {};
  const conditions: Keeps[] = [];
  const maybe = (add: (one: ReturnType<typeof pick>) => Keeps): void => {
    if (random() < 0.35) conditions.push(add(pick()));
  };
  maybe(({ request }) => {
    const since = (filter.since = quarterOf(request.at));
    return (_, { at }) => at >= since;
  });
  maybe(({ request }) => {
    const until = (filter.until = quarterOf(request.at) + QUARTER_MS);
    return (_, { at }) => at < until;
  });
  maybe(({ thread }) => {
    filter.session = (session) => session === thread.session;
    return ({ session }) => session === thread.session;
  });
  maybe(({ thread }) => {
    filter.project = (project) => project === thread.project;
    return ({ project }) => project === thread.project;
  });
  maybe(({ thread }) => {
    const type = agentOf(thread);
    filter.agent = (agent) => agent === type;
    return (other) => agentOf(other) === type;
  });
  maybe(({ request }) => {
    filter.model = (model) => model === request.model;
    return (_, { model }) => model === request.model;
  });
  maybe(({ request: { branch: wanted = "" } }) => {
    filter.branch = (branch) => branch === wanted;
    return (_, { branch = "" }) => branch === wanted;
  });
  return { filter, keeps: (thread, request) => conditions.every((holds) => holds(thread, request)) };
}
