import { DAY_MS, dayOf, MINUTE_MS, startOfDay } from "../domain/calendar.ts";
import type { NanoUsd } from "../domain/money.ts";
import { sum } from "../domain/numbers.ts";
import { promptTokens } from "../domain/usage.ts";
import { projectName } from "../history/filters.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { readRequests, type SpentRequest } from "../store/each-request.ts";
import { sumSpend } from "../store/spend-sums.ts";
import { readThreadFiles } from "../store/transcripts.ts";
import { readThreadState, type ThreadState } from "../transcripts/thread-state.ts";
import { type Block, readBlocks, WINDOW_MS } from "./blocks.ts";
import { readSpend, type Spend } from "./spend.ts";

/** A session or an agent is live for this long after its last request. */
const LIVE_MINUTES = 30;
/** Minutes that the spend per minute is an average of. */
const RATE_MINUTES = 5;

/** The running sessions and agents, with their cost. */
export interface LiveReport {
  /** ms since the epoch. */
  at: number;
  /** Since midnight. */
  today: Spend;
  /** Average of the last RATE_MINUTES. */
  perMinuteNano: NanoUsd;
  /** Spend of each of the last LIVE_MINUTES, the oldest first. */
  minutes: readonly NanoUsd[];
  /** The five-hour window that is running. */
  window: Block | undefined;
  /** The last active first. */
  sessions: readonly LiveSession[];
}

/** One thread by its last request. */
export interface LiveThread {
  /** `main`, or the agent's type. */
  agent: string;
  /** Empty for the main thread. */
  agentId: string;
  /** Canonical ID. */
  model: string;
  /** Empty when the model has none. */
  effort: string;
  /** Of its last prompt and answer. */
  contextTokens: number;
  /** Of all its requests. */
  costNano: NanoUsd;
  /** Of its last request, in ms since the epoch. */
  lastAt: number;
  state: ThreadState;
}

/** A session with a request in the last LIVE_MINUTES. Its main thread is missing when only agents made one. */
export interface LiveSession {
  session: string;
  project: string;
  /** Of all its threads. */
  costNano: NanoUsd;
  lastAt: number;
  main: LiveThread | undefined;
  /** Those that are running, in order of their last request. */
  agents: readonly LiveThread[];
}

/** Makes a function that reads what runs now. It remembers where the five-hour windows begin, so that each reading is short. */
export function createLiveReader(history: OpenedHistory, timezone: string): (now: number) => LiveReport {
  let windowFrom: number | undefined;
  return (now) => {
    windowFrom ??= findWindowStart(history, now);
    const recent = readRequests(
      history.store,
      { since: now - LIVE_MINUTES * MINUTE_MS },
      history.accounts,
    ).filter(({ at }) => at <= now);
    const windows = readBlocks(history, { timezone }, {}, now, windowFrom);
    windowFrom = windows.at(-1)?.firstAt ?? windowFrom;
    const minutes = spendByMinute(recent, now);
    return {
      at: now,
      today: readSpend(history, [], { since: startOfDay(dayOf(now, timezone), timezone), timezone }).total,
      perMinuteNano: sum(minutes.slice(-RATE_MINUTES)) / RATE_MINUTES,
      minutes,
      window: windows.find(({ active }) => active),
      sessions: liveSessions(history, recent, timezone),
    };
  };
}

/** Returns a moment of late that no window goes across: the first request after a pause as long as a window; undefined without one. */
function findWindowStart({ store, accounts }: OpenedHistory, now: number): number | undefined {
  for (const days of [2, 8, 32]) {
    const requests = readRequests(store, { since: now - days * DAY_MS }, accounts);
    const after = requests.findLast(({ at }, index) => {
      const before = requests[index - 1];
      return before !== undefined && at - before.at > WINDOW_MS;
    });
    if (after) return after.at;
  }
  return undefined;
}

function spendByMinute(requests: readonly SpentRequest[], now: number): NanoUsd[] {
  const minutes = Array.from({ length: LIVE_MINUTES }, () => 0);
  for (const { at, cost } of requests) {
    const index = LIVE_MINUTES - 1 - Math.floor((now - at) / MINUTE_MS);
    minutes[index] = (minutes[index] ?? 0) + (cost ?? 0);
  }
  return minutes;
}

function liveSessions(
  history: OpenedHistory,
  recent: readonly SpentRequest[],
  timezone: string,
): LiveSession[] {
  const bySession = Map.groupBy(recent, ({ session }) => session);
  const ids = [...bySession.keys()];
  const costs = new Map(
    sumSpend(
      history.store,
      ["session", "agentId"],
      { timezone },
      { account: history.accounts, session: ids },
    ).map(({ values, cost }) => [`${values.session} ${values.agentId}`, cost]),
  );
  const files = new Map(
    readThreadFiles(history.store, ids).map(({ session, agentId, path }) => [`${session} ${agentId}`, path]),
  );
  return [...bySession]
    .map(([session, requests]): LiveSession => {
      const threads = [...Map.groupBy(requests, ({ agentId }) => agentId).values()].flatMap((own) =>
        threadOf(own, costs, files),
      );
      const all = [...costs].filter(([key]) => key.startsWith(`${session} `));
      return {
        session,
        project: projectName(requests.at(-1)?.project ?? ""),
        costNano: sum(all.map(([, cost]) => cost)),
        lastAt: requests.at(-1)?.at ?? 0,
        main: threads.find(({ agentId }) => agentId === ""),
        agents: threads.filter(({ agentId, state }) => agentId !== "" && state === "working"),
      };
    })
    .toSorted((a, b) => b.lastAt - a.lastAt);
}

function threadOf(
  requests: readonly SpentRequest[],
  costs: ReadonlyMap<string, NanoUsd>,
  files: ReadonlyMap<string, string>,
): LiveThread[] {
  const last = requests.at(-1);
  if (!last) return [];
  const { session, agentId, agent, model, effort, at } = last;
  const key = `${session} ${agentId}`;
  const file = files.get(key);
  return [
    {
      agent,
      agentId,
      model,
      effort,
      contextTokens: promptTokens(last) + last.output,
      costNano: costs.get(key) ?? 0,
      lastAt: at,
      // A thread without a file of its own ends with its session.
      state: (file === undefined ? undefined : readThreadState(file)) ?? "waiting",
    },
  ];
}
