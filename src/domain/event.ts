import type { Check, CheckReport } from "./check.ts";
import type { Hashes } from "./hashes.ts";
import type { PromptSignal } from "./prompt-signal.ts";
import type {
  CompactEvent,
  CutEvent,
  FailureEvent,
  FallbackEvent,
  RefusalEvent,
  RetryEvent,
} from "./request-event.ts";

/** Counts up when other events are taken from the same lines, so that transcripts on disk are read again. */
export const OBSERVER_VERSION = 12;

/**
 * The content of a transcript besides tokens, in compact form: hashes, labels and numbers. No text of a prompt, a command, code or a tool's
 * output is kept, and no path of a file.
 */
export type Event =
  | PromptEvent
  | InterruptEvent
  | CommandEvent
  | SetModelEvent
  | EditEvent
  | ShellEvent
  | AgentCallEvent
  | PlanEvent
  | QuestionEvent
  | ToolsEvent
  | ResultEvent
  | BackgroundVerdictEvent
  | RetryEvent
  | FailureEvent
  | FallbackEvent
  | RefusalEvent
  | CutEvent
  | CompactEvent
  | ModeEvent
  | ModelNoticeEvent
  | NotificationEvent
  | SteerEvent
  | AgentProgressEvent
  | CostStateEvent
  | TakenUpEvent
  | ForkEvent
  | TurnEndEvent
  | AnswerEvent;

/** An argument such as `opus[1m]`; more than one word is not the name of a model or an effort. */
export const ONE_WORD = /^[\w.:@/[\]-]+$/;

/** Place in its file, and time. */
export interface Seen {
  /** 1-based. */
  line: number;
  /** ms since the epoch; that of the entry before where an entry has none. */
  at: number;
}

/** A human prompt on the main thread, or the prompt that an agent run was given. */
export interface PromptEvent extends Seen {
  kind: "prompt";
  /** Of the original, where the entry is a branch's copy. */
  uuid: string;
  source: "typed" | "sdk" | "agent" | "other";
  permissionMode?: string;
  words: number;
  /** MinHash of its word shingles, in order. */
  sketch: Hashes;
  /** Hashes of its words that name something, at most 32, in order. */
  terms: Hashes;
  signals: readonly PromptSignal[];
  /** Category words found, as `mechanical:rename`. */
  topics: readonly string[];
  /** Points of its words for each category, in the order of `CATEGORIES`, in hundredths. */
  lean?: readonly number[];
  /** The entry says that it is a branch's copy. */
  copied?: true;
  /** Hash of the entry that it answers: two prompts with the same one mean that the conversation was rewound. */
  after?: number;
  /** Agent runs: hash of the whole text, which is that of the call. */
  text?: number;
  /** Hash of the plan that it hands over, where the client wrote it ("Implement the following plan"). */
  plan?: number;
  /** The session in which that plan was made, where the prompt names it. */
  planFrom?: string;
}

interface InterruptEvent extends Seen {
  kind: "interrupt";
  during: "tool" | "answer";
}

/** A slash command of the user, such as `/model` or `/clear`. */
export interface CommandEvent extends Seen {
  kind: "command";
  name: string;
  /** Only for `/model` and `/effort`, and only one word. */
  argument?: string;
  /** The entry says that it is a branch's copy. */
  copied?: true;
}

/** The display name that `/model` reported as set. */
export interface SetModelEvent extends Seen {
  kind: "set-model";
  name: string;
}

export interface EditEvent extends Seen {
  kind: "edit";
  id: string;
  /** Its path as hashes (hashed-words.ts). */
  file: string;
  /** It holds prose. */
  docs?: true;
  /** Its name says that it holds a plan. */
  plan?: true;
  /** The whole file was written. */
  whole?: true;
  /** Hashes of the lines that it added and removed (at most 64 of each). */
  added: Hashes;
  removed: Hashes;
  /** Hashes of the texts exchanged; `before` is 0 for a whole file. */
  before: number;
  after: number;
  lines: number;
  /** Outside the project: in a scratch folder or the client's own. */
  outside?: true;
}

/** A shell command that verifies something, changes files, or moves work in version control. */
export interface ShellEvent extends Seen {
  kind: "shell";
  id: string;
  checks: readonly Check[];
  /** Indexes of checks that ran while the work was put aside for that command. */
  aside?: readonly number[];
  /** The command's own description says that it is meant to fail. */
  expectsRed?: true;
  /** Files restored from version control, as hashes; `*` for all. */
  restores?: readonly string[];
  /** The work was put aside (`git stash`), or reverted. */
  stash?: "push" | "pop";
  commits?: true;
  /** It brought the work to others: a push or a pull request. */
  publishes?: true;
  /** It changes files by itself (`sed -i`, a redirection, `--fix`). */
  writes?: true;
}

interface AgentCallEvent extends Seen {
  kind: "agent-call";
  id: string;
  /** The agent type asked for. */
  agent: string;
  /** Hash of the prompt that it gives. */
  prompt?: number;
  model?: string;
  effort?: string;
  background?: boolean;
}

export interface PlanEvent extends Seen {
  kind: "plan";
  step: "entered" | "proposed" | "left";
  /** The tool call, for a plan that was proposed. */
  id?: string;
  /** Hash of the plan that was proposed. */
  plan?: number;
}

/** The model asked the user something with a tool. */
interface QuestionEvent extends Seen {
  kind: "question";
  id: string;
}

/** Number of uses of other tools since the event before. */
interface ToolsEvent extends Seen {
  kind: "tools";
  counts: Readonly<Record<string, number>>;
  /** Time at which the last of them was used. */
  lastAt?: number;
}

export interface ResultEvent extends Seen {
  kind: "result";
  /** The tool call. */
  id: string;
  ok: boolean;
  denied?: "user" | "config";
  /** The user said what to do instead. */
  feedback?: true;
  /** One per check of the command, in order. */
  reports?: readonly CheckReport[];
  agentId?: string;
  resolvedModel?: string;
  modelsUsed?: readonly string[];
  status?: string;
  /** Agents: how long the run took, and what it used, as the client counted. */
  durationMs?: number;
  totalTokens?: number;
}

/** The result of a verification that ran in the background. */
interface BackgroundVerdictEvent extends Seen {
  kind: "background-verdict";
  id: string;
  reports: readonly CheckReport[];
}

interface ModeEvent extends Seen {
  kind: "mode";
  permissionMode: string;
}

/** The model that the client named to the model itself: written at each change. */
interface ModelNoticeEvent extends Seen {
  kind: "model-notice";
  model: string;
}

/** A background task reported to the main thread. */
interface NotificationEvent extends Seen {
  kind: "notification";
  task?: string;
  status?: string;
}

/** A message that the user sent while the work went on. */
export interface SteerEvent extends Seen {
  kind: "steer";
  words: number;
  signals: readonly PromptSignal[];
}

/** An agent's message in its parent's transcript, where older clients echo it or keep it. */
export interface AgentProgressEvent extends Seen {
  kind: "agent-progress";
  agentId: string;
  /** The tool call that started it; empty if that is not known, or if an earlier event names it. */
  toolUseId: string;
  /** Events of the message, in the agent's own thread. */
  events: readonly Event[];
}

/** The client's own running total; written when a process ends, so a prompt after one is a resume. */
interface CostStateEvent extends Seen {
  kind: "cost-state";
  totalUsd: number;
}

/** Another process took up a session that was left open: the client closes what was left with an answer of its own. */
interface TakenUpEvent extends Seen {
  kind: "taken-up";
}

/** The agent run carries its parent's history. */
interface ForkEvent extends Seen {
  kind: "fork";
}

/** The client says that the turn came to its end. */
interface TurnEndEvent extends Seen {
  kind: "turn-end";
  durationMs?: number;
}

/** The last part of a turn's answers that calls no tool: the work went on at least until then. Earlier ones may be kept as well. */
export interface AnswerEvent extends Seen {
  kind: "answer";
  /** Labels for its words about the work, as `cause` or `offers:git`. */
  says?: readonly string[];
  /** The first one of a turn: what it says about the work before, as `concedes` or `fault`. */
  begins?: readonly string[];
}
