import type { AgentProgressEvent, Event, ResultEvent } from "../../domain/event.ts";
import type { RequestRow, SessionInput, ThreadInput } from "../../domain/session-input.ts";

/** An agent run without a file of its own, as the parent's transcript shows it. */
interface AgentReport {
  /** ms since the epoch. */
  startedAt: number;
  endedAt: number;
  /** Of the call that started it. */
  line: number;
  model?: string;
  totalTokens?: number;
}

interface EchoedThread extends ThreadInput {
  reported: AgentReport;
}

/** Returns what is known of an agent run whose own file is missing. */
export function reportOf(thread: ThreadInput): AgentReport | undefined {
  return "reported" in thread ? (thread as EchoedThread).reported : undefined;
}

/**
 * Returns a session in which each agent run is a thread of its own. Older clients keep or echo the messages of agents in the
 * parent's transcript. Where the agent has no file of its own, its run is built from those, from its call and from the call's result.
 * The client's own compaction runs as an agent too: its requests are part of the turn that they compact.
 */
export function separateAgents(input: SessionInput): SessionInput {
  const known = new Set(input.threads.map(({ agentId }) => agentId));
  const own = input.threads.filter(({ agentId }) => !isCompaction(agentId));
  const compactions = input.threads.filter(({ agentId }) => isCompaction(agentId));
  const mains = own.filter(({ agentId }) => agentId === undefined);
  const echoed = mains.flatMap((main) => echoedRuns(main, known));
  if (echoed.length + compactions.length === 0 && !mains.some(hasEchoes)) return input;
  return {
    ...input,
    threads: [
      ...own.map((thread, index) => withoutEchoes(thread, index === 0 ? compactions : [])),
      ...echoed,
    ],
  };
}

function isCompaction(agentId: string | undefined): boolean {
  return agentId?.startsWith("acompact") === true;
}

function hasEchoes({ events }: ThreadInput): boolean {
  return events.some(({ kind }) => kind === "agent-progress");
}

/** A main thread without the agents' messages, and with the requests that compacted it. */
function withoutEchoes(thread: ThreadInput, compactions: readonly ThreadInput[]): ThreadInput {
  const lines = new Set(
    thread.events.filter((event) => event.kind === "agent-progress").map(({ line }) => line),
  );
  const parts = compactions.flatMap(({ requests }) =>
    requests.map((row): RequestRow => ({ ...row, part: true, line: lineAt(thread, row.at) })),
  );
  if (lines.size + parts.length === 0) return thread;
  return {
    ...thread,
    requests: [...thread.requests.filter(({ line, part }) => !part || !lines.has(line)), ...parts],
    events: thread.events.filter(({ kind }) => kind !== "agent-progress"),
  };
}

/** The last line of a thread that was there at some time. */
function lineAt({ requests, events }: ThreadInput, at: number): number {
  const before = [...requests, ...events].filter((item) => item.at <= at);
  return before.reduce((last, { line }) => Math.max(last, line), 0);
}

function echoedRuns(main: ThreadInput, known: ReadonlySet<string | undefined>): EchoedThread[] {
  const echoes = Map.groupBy(
    main.events.filter((event) => event.kind === "agent-progress"),
    ({ agentId }) => agentId,
  );
  const results = new Map(
    allEvents(main)
      .filter((event) => event.kind === "result")
      .map((event) => [event.agentId ?? event.id, event]),
  );
  const resultOf = (id: string) => results.get(id) ?? results.get(echoes.get(id)?.[0]?.toolUseId ?? "");
  const ids = new Set([
    ...echoes.keys(),
    ...[...results.values()].flatMap(({ agentId }) => (agentId === undefined ? [] : [agentId])),
  ]);
  return [...ids]
    .filter((id) => !known.has(id))
    .map((id) => toThread(main, id, echoes.get(id) ?? [], resultOf(id)));
}

/** Returns the events of a thread with those of the agents in its file: an agent can start another. */
function allEvents({ events }: ThreadInput): readonly Event[] {
  return events.flatMap((event) => (event.kind === "agent-progress" ? event.events : event));
}

/** Status of a call that returned before its agent had done anything. */
const LAUNCHED = "async_launched";

function toThread(
  main: ThreadInput,
  agentId: string,
  echoes: readonly AgentProgressEvent[],
  result: ResultEvent | undefined,
): EchoedThread {
  const toolUseId = result?.id ?? echoes[0]?.toolUseId;
  const call = allEvents(main).find((event) => event.kind === "agent-call" && event.id === toolUseId);
  const lines = new Set(echoes.map(({ line }) => line));
  const events: Event[] = echoes.flatMap((echo) => echo.events);
  const startedAt = echoes[0]?.at ?? call?.at ?? result?.at ?? 0;
  // The call of an agent in the background returns at once; the client reports later that it has ended.
  const report = main.events.findLast(
    (event) => event.kind === "notification" && event.task === agentId && event.status !== "lost",
  );
  const endedAt = report?.at ?? (result?.status === LAUNCHED ? startedAt : (result?.at ?? echoes.at(-1)?.at));
  return {
    file: main.file,
    agentId,
    ...(call?.kind === "agent-call" && {
      agentType: call.agent,
      ...(call.model && { askedModel: call.model }),
    }),
    ...(toolUseId !== undefined && { toolUseId }),
    requests: main.requests
      .filter(({ line, part }) => part && lines.has(line))
      .map(({ part: _part, ...row }): RequestRow => row),
    events,
    reported: {
      startedAt,
      endedAt: Math.max(endedAt ?? startedAt, startedAt + (result?.durationMs ?? 0)),
      line: call?.line ?? echoes[0]?.line ?? result?.line ?? 1,
      ...(result?.resolvedModel !== undefined && { model: result.resolvedModel }),
      ...(result?.totalTokens !== undefined && { totalTokens: result.totalTokens }),
    },
  };
}
