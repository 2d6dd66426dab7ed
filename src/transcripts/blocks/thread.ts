import { LONGEST_TEXT } from "./measured-block.ts";
import type { TranscriptBlock, Mark, ThreadBlocks } from "../../domain/ledger-input.ts";

/** The facts about a call that its result needs. */
export interface PendingCall {
  name: string;
  target: number;
}

/** A thread while it is being read. */
export interface Thread extends ThreadBlocks {
  /** Calls without a result, by id. */
  pending: Map<string, PendingCall>;
  /** Names of loaded skills by their call: their text comes after the result. */
  skills: Map<string, string>;
  /** The skill that the user ran as a command, until the next answer. */
  command: string;
  /** First line of each answer, by message id. */
  answers: Map<string, number>;
  /** Whether the latest answer, and the one before it, look something up. */
  explores: { now: boolean; before: boolean };
  /** Permission mode of the last prompt. */
  mode: string;
  texts: RecentTexts;
  add(block: TranscriptBlock): void;
  mark(mark: Mark, line: number): void;
}

/** A hostile transcript may never answer its calls. */
const MOST_PENDING = 10_000;

/** Creates an empty thread. */
export function createThread(agentId: string): Thread {
  const blocks: TranscriptBlock[] = [];
  const marks: ThreadBlocks["marks"] = [];
  return {
    agentId,
    agentType: "",
    blocks,
    marks,
    pending: new Map(),
    skills: new Map(),
    command: "",
    answers: new Map(),
    explores: { now: false, before: false },
    mode: "",
    texts: createRecentTexts(),
    add: (block) => void blocks.push(block),
    mark: (mark, line) => void marks.push({ mark, line }),
  };
}

/** Keeps what is known of a call by its id until its result, or the text of its skill, comes. */
export function rememberCall<Known>(calls: Map<string, Known>, id: string, known: Known): void {
  if (calls.size >= MOST_PENDING) calls.clear();
  calls.set(id, known);
}

/** The short texts of a conversation, in memory only: they show whether an argument was known before. */
export interface RecentTexts {
  add(text: string): void;
  /** Makes known what was added before the former answer. */
  answerBegins(): void;
  /** Whether a text stood in the conversation before the results of the former answer. */
  knew(words: string): boolean;
}

const MOST_TEXTS = 40;

function createRecentTexts(): RecentTexts {
  const known: string[] = [];
  /** Texts since the former answer, and since the one before it. */
  let [latest, fresh]: [string[], string[]] = [[], []];
  return {
    add(text) {
      if (text.length > 0 && text.length <= LONGEST_TEXT && fresh.length < MOST_TEXTS) fresh.push(text);
    },
    answerBegins() {
      known.push(...latest);
      if (known.length > MOST_TEXTS) known.splice(0, known.length - MOST_TEXTS);
      [latest, fresh] = [fresh, []];
    },
    knew: (words) => known.some((text) => text.includes(words)),
  };
}

/** Marks the hook that runs when a session is resumed. */
export function markResumed(hookName: string, thread: Thread, line: number): void {
  if (hookName === "SessionStart:resume") thread.mark("resumed", line);
}
