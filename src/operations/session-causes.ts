import { ledgerRows } from "../analysis/ledger/rows.ts";
import type { JudgedTask } from "../domain/judged-task.ts";
import type { Leaf } from "../domain/ledger.ts";
import type { LedgerThread } from "../domain/ledger-input.ts";
import type { NanoUsd } from "../domain/money.ts";
import { createThreadReader } from "../history/ledger-threads.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { readLedgerTranscripts } from "../store/ledger-requests.ts";

/** The cost of a task by cause, the largest first. */
export type TaskCauses = readonly { leaf: Leaf; nano: NanoUsd }[];

/** Returns the causes of the cost of a session's tasks, as far as the content of its transcripts was read for the ledger. */
export function readTaskCauses(
  { store, accounts, models }: OpenedHistory,
  session: string,
  tasks: readonly JudgedTask[],
): ReadonlyMap<JudgedTask, TaskCauses> {
  const threadsOf = createThreadReader(store);
  const files = new Set(tasks.map(({ file }) => file));
  const sums = new Map<JudgedTask, Map<Leaf, NanoUsd>>();
  const threads = readLedgerTranscripts(store, accounts)
    .filter((transcript) => transcript.session === session || files.has(transcript.path))
    .flatMap(threadsOf);
  for (const thread of threads) {
    const taskAt = taskFinder(thread, tasks);
    for (const { index, parts } of ledgerRows(thread, models)) {
      const request = thread.requests[index];
      const task = request && taskAt(request.at);
      if (!task) continue;
      const leaves = sums.get(task) ?? new Map<Leaf, NanoUsd>();
      sums.set(task, leaves);
      for (const { leaf, nano } of parts) leaves.set(leaf, (leaves.get(leaf) ?? 0) + nano);
    }
  }
  return new Map([...sums].map(([task, leaves]) => [task, ranked(leaves)]));
}

/** Finds the task of a thread that a request at a time belongs to: the run, or the last turn that began before it. */
function taskFinder(
  { agentId }: LedgerThread,
  tasks: readonly JudgedTask[],
): (at: number) => JudgedTask | undefined {
  if (agentId !== "") {
    const run = tasks.find((task) => task.agentId === agentId);
    return () => run;
  }
  const turns = tasks.filter(({ kind }) => kind === "turn").toSorted((a, b) => a.startedAt - b.startedAt);
  return (at) => turns.findLast(({ startedAt }) => startedAt <= at);
}

function ranked(leaves: ReadonlyMap<Leaf, NanoUsd>): TaskCauses {
  return [...leaves]
    .filter(([, nano]) => nano > 0)
    .map(([leaf, nano]) => ({ leaf, nano }))
    .toSorted((a, b) => b.nano - a.nano);
}
