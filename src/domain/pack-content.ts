import {
  ACTIVITIES,
  BLOCK_KINDS,
  MARKS,
  type ThreadBlocks,
  type TranscriptBlock,
  type TranscriptContent,
  TRIGGERS,
} from "./ledger-input.ts";

/** A thread as it is kept: names once, and a few numbers for each block and mark. */
interface PackedThread {
  agentId: string;
  agentType: string;
  names: string[];
  blocks: number[];
  marks: number[];
}

interface PackedContent {
  threads: PackedThread[];
  missed: [key: string, reason: string][];
}

/** Kind, name, size, line, line of the answer, trigger, activity, target, flags. A code of 0 stands for an absent field. */
const BLOCK_WIDTH = 9;
const KNOWN = 1;
const FAILED = 2;
const HAS_TARGET = 4;

/** Returns the content of a transcript as JSON. */
export function packContent({ threads, missed }: TranscriptContent): string {
  return JSON.stringify({ threads: threads.map(packThread), missed: [...missed] } satisfies PackedContent);
}

function packThread({ agentId, agentType, blocks, marks }: ThreadBlocks): PackedThread {
  const names = new Map<string, number>();
  const nameOf = (name: string): number => {
    let number = names.get(name);
    if (number === undefined) names.set(name, (number = names.size));
    return number;
  };
  return {
    agentId,
    agentType,
    blocks: blocks.flatMap((block) => packBlock(block, nameOf(block.name))),
    marks: marks.flatMap(({ mark, line }) => [MARKS.indexOf(mark), line]),
    names: [...names.keys()],
  };
}

function packBlock(block: TranscriptBlock, name: number): number[] {
  const { kind, size, line, answer = 0, trigger, activity, target, known, failed } = block;
  return [
    BLOCK_KINDS.indexOf(kind),
    name,
    size,
    line,
    answer,
    trigger ? TRIGGERS.indexOf(trigger) + 1 : 0,
    activity ? ACTIVITIES.indexOf(activity) + 1 : 0,
    target ?? 0,
    (known ? KNOWN : 0) + (failed ? FAILED : 0) + (target === undefined ? 0 : HAS_TARGET),
  ];
}

/** Returns what `packContent` was given. */
export function unpackContent(text: string): TranscriptContent {
  const { threads, missed } = JSON.parse(text) as PackedContent;
  return { threads: threads.map(unpackThread), missed: new Map(missed) };
}

function unpackThread({ agentId, agentType, names, blocks: packed, marks }: PackedThread): ThreadBlocks {
  const thread: ThreadBlocks = { agentId, agentType, blocks: [], marks: [] };
  for (let at = 0; at < packed.length; at += BLOCK_WIDTH) thread.blocks.push(unpackBlock(packed, at, names));
  for (let at = 0; at < marks.length; at += 2)
    thread.marks.push({ mark: MARKS[marks[at] ?? 0] ?? "error", line: marks[at + 1] ?? 0 });
  return thread;
}

function unpackBlock(packed: readonly number[], at: number, names: readonly string[]): TranscriptBlock {
  const code = (place: number): number => packed[at + place] as number;
  const block: TranscriptBlock = {
    kind: BLOCK_KINDS[code(0)] ?? "attachment",
    name: names[code(1)] ?? "",
    size: code(2),
    line: code(3),
  };
  const [trigger, activity] = [TRIGGERS[code(5) - 1], ACTIVITIES[code(6) - 1]];
  if (code(4) > 0) block.answer = code(4);
  if (trigger) block.trigger = trigger;
  if (activity) block.activity = activity;
  if (code(8) & HAS_TARGET) block.target = code(7);
  if (code(8) & KNOWN) block.known = true;
  if (code(8) & FAILED) block.failed = true;
  return block;
}
