import type { AnswerEvent, Event, Seen } from "../../domain/event.ts";
import { type Fields, fieldsOf, listOf, numberOf, optionalText, textOf, timeIn } from "../fields.ts";
import { readAnswerStart } from "./answer-start.ts";
import { answerText, readClosing } from "./closing.ts";
import { hashText } from "./hash.ts";
import { NEEDED_ENTRIES } from "./needs.ts";
import { type ObserveEntry, observeProgress, observeSideChain } from "./observe-agent.ts";
import { observeAssistant } from "./observe-assistant.ts";
import { observeQueue } from "./observe-queue.ts";
import { count } from "./observe-shell.ts";
import { observeSystem } from "./observe-system.ts";
import { observeResult } from "./observe-result.ts";
import { type HashedEdit, observeHashedEdit, observeToolUse, type ToolUse } from "./observe-tool.ts";
import { observeUser } from "./observe-user.ts";
import {
  emptyState,
  type ObserverState,
  restoreState,
  type SavedObserver,
  saveState,
} from "./observer-state.ts";

export type { SavedObserver };

/**
 * Watches the entries of one transcript go by and keeps what outcomes need. The reader may leave out what is proved
 * to be light: text and thinking blocks, tools that are not needed (then it calls `toolUse`), results that
 * `wantsResult` declines, unless they are marked `"is_error":true`.
 */
export interface Observer {
  /** One parsed entry; 1-based line. Entries of kinds that it does not know are ignored. */
  entry(entry: object, line: number): void;
  /** An entry of an agent that an old client keeps in the main file, with the agent's id. */
  sideChain(entry: object, line: number): void;
  /** A tool call of which nobody needs more than the name. */
  toolUse(at: number, name: string): void;
  /** The only tool call of an answer. */
  call(use: ToolUse, cwd: string, place: Place): void;
  /** The same for a call whose texts nobody parsed. */
  edit(edit: HashedEdit, place: Place): void;
  /** The result of a shell command that did not fail; `outcome` is as the client keeps it beside the result. */
  shellResult(toolUseId: string, content: unknown, outcome: Fields, place: Place): void;
  /** A part of an answer that nobody parsed, and a way to its text until the next one. */
  answered(at: number, line: number, text: () => string): void;
  wantsResult(toolUseId: string): boolean;
  /** Whether it wants the result of any call. */
  wantsAnyResult(): boolean;
  /** Whether a result is of a shell command. */
  isShell(toolUseId: string): boolean;
  /** Whether it wants the result of a call that an agent made, as its parent's transcript repeats it. */
  wantsEcho(agentId: string, toolUseId: string): boolean;
  /** The events since the last time. */
  takeEvents(): Event[];
  state(): SavedObserver;
}

/** The place of an entry that nobody parsed as a whole. */
export interface Place {
  line: number;
  /** ms since the epoch; NaN if it has no time. */
  at: number;
}

/** Makes an observer, or one that goes on from a saved state. */
export function createObserver(from?: SavedObserver): Observer {
  return new EventObserver(from ? restoreState(from) : emptyState());
}

class EventObserver implements Observer {
  private readonly current: ObserverState;
  private events: (Event | undefined)[] = [];
  /** The latest part of an answer and its place among the events, if nobody has read what it says. */
  private latest: { answer: AnswerEvent; place: number; text: () => string } | undefined;

  constructor(state: ObserverState) {
    this.current = state;
  }

  entry(entry: object, line: number): void {
    this.take(entry as Fields, line, observe);
  }

  sideChain(entry: object, line: number): void {
    this.take(entry as Fields, line, (fields, seen, state) => observeSideChain(fields, seen, state, observe));
  }

  call(use: ToolUse, cwd: string, place: Place): void {
    this.events.push(...observeToolUse(use, cwd, this.arrive(place), this.current));
  }

  edit(edit: HashedEdit, place: Place): void {
    const seen = this.arrive(place);
    this.events.push(observeHashedEdit(edit, seen, this.current.root));
  }

  shellResult(toolUseId: string, content: unknown, outcome: Fields, place: Place): void {
    const block = { tool_use_id: toolUseId, content };
    this.events.push(...observeResult(block, { toolUseResult: outcome }, this.arrive(place), this.current));
  }

  /** Notes the time of an entry. */
  private arrive({ line, at }: Place): Seen {
    if (!Number.isNaN(at)) this.current.at = at;
    return { line, at: this.current.at };
  }

  private take(fields: Fields, line: number, observeWith: ObserveEntry): void {
    const seen = this.arrive({ line, at: timeIn(fields) });
    if (this.current.root === "" && isAlwaysParsed(fields)) this.current.root = textOf(fields["cwd"]);
    const found = observeWith(fields, seen, this.current);
    markCopied(found, fields);
    if (found.some(({ kind }) => kind === "prompt")) {
      this.flushCounts(line);
      this.readLatest();
      this.current.unanswered = true;
      delete this.current.fallbackSaid;
    }
    this.events.push(...found);
    const answer = found.at(-1);
    if (answer?.kind === "answer") this.noteAnswer(answer, () => answerText(fields));
  }

  answered(at: number, line: number, text: () => string): void {
    this.current.at = at;
    const answer: AnswerEvent = { kind: "answer", line, at };
    this.events.push(answer);
    this.noteAnswer(answer, text);
  }

  /** Reads the first text behind a prompt at once, and keeps a way to the latest. */
  private noteAnswer(answer: AnswerEvent, text: () => string): void {
    this.dropLatest(answer);
    this.latest = { answer, place: this.events.length - 1, text };
    if (!this.current.unanswered) return;
    const first = text();
    if (first.trim() === "") return;
    delete this.current.unanswered;
    const begins = readAnswerStart(first);
    if (begins.length > 0) answer.begins = begins;
  }

  /** Drops the answer before a later one, unless it is a first one that says something. The first event of a transcript shows how that began. */
  private dropLatest(later: AnswerEvent): void {
    if (!this.latest) return;
    const { answer, place } = this.latest;
    if (place > 0 && answer.begins === undefined && answer.at <= later.at) this.events[place] = undefined;
  }

  toolUse(at: number, name: string): void {
    if (at > 0) this.current.at = at;
    count(name, this.current.at, this.current);
  }

  wantsResult(toolUseId: string): boolean {
    return this.current.pending.has(toolUseId);
  }

  wantsAnyResult(): boolean {
    return this.current.pending.size > 0;
  }

  isShell(toolUseId: string): boolean {
    return this.current.pending.get(toolUseId)?.tool === "shell";
  }

  wantsEcho(agentId: string, toolUseId: string): boolean {
    const agent = this.current.agents.get(agentId);
    return !agent || agent.pending.has(toolUseId);
  }

  takeEvents(): Event[] {
    this.flushCounts(this.events.at(-1)?.line ?? 0);
    this.readLatest();
    const taken = this.events.filter((event) => event !== undefined);
    this.events = [];
    return taken;
  }

  state(): SavedObserver {
    return saveState(this.current);
  }

  /** Reads the last text before a prompt, or before the end. */
  private readLatest(): void {
    if (!this.latest) return;
    const { answer, text } = this.latest;
    const says = readClosing(text());
    if (says.length > 0) answer.says = says;
    this.latest = undefined;
  }

  private flushCounts(line: number): void {
    const { at, counts, lastUse } = this.current;
    if (Object.keys(counts).length === 0) return;
    this.events.push({ kind: "tools", line, at, counts, ...(lastUse !== undefined && { lastAt: lastUse }) });
    this.current.counts = {};
  }
}

/** Returns whether the reader never leaves out an entry: those that it may leave out say nothing of where a session began. */
function isAlwaysParsed(entry: Fields): boolean {
  if (entry["type"] !== "user") return NEEDED_ENTRIES.has(textOf(entry["type"]));
  const content = listOf(fieldsOf(entry["message"])["content"]);
  return !content.some((block) => fieldsOf(block)["type"] === "tool_result");
}

/** Events that are counted, and that copies of a session repeat. */
const COUNTED: ReadonlySet<Event["kind"]> = new Set(["retry", "failure", "fallback", "refusal", "compact"]);

/** Adds to counted events what shows that two of them are one. */
function markCopied(events: readonly Event[], entry: Fields): void {
  for (const event of events) {
    if (!COUNTED.has(event.kind)) continue;
    const uuid = optionalText(fieldsOf(entry["forkedFrom"])["messageUuid"]) ?? textOf(entry["uuid"]);
    if (uuid !== "") Object.assign(event, { entry: hashText(uuid) });
  }
}

function observe(entry: Fields, seen: Seen, state: ObserverState): Event[] {
  switch (entry["type"]) {
    case "user":
      return observeUser(entry, seen, state);
    case "assistant":
      return observeAssistant(entry, seen, state);
    case "system":
      return observeSystem(entry, seen, state);
    case "attachment":
      return observeAttachment(fieldsOf(entry["attachment"]), seen);
    case "progress":
      return observeProgress(entry, seen, state, observe);
    case "queue-operation":
      return observeQueue(entry, seen, state);
    case "permission-mode":
      return [{ kind: "mode", ...seen, permissionMode: textOf(entry["permissionMode"]) }];
    case "cost-state":
      return [{ kind: "cost-state", ...seen, totalUsd: numberOf(entry["totalCostUSD"]) ?? 0 }];
    case "fork-context-ref":
      return [{ kind: "fork", ...seen }];
    default:
      return [];
  }
}

function observeAttachment(attachment: Fields, seen: Seen): Event[] {
  switch (attachment["type"]) {
    case "model": {
      const model = optionalText(fieldsOf(attachment["identity"])["modelId"]);
      return model === undefined ? [] : [{ kind: "model-notice", ...seen, model }];
    }
    case "plan_mode":
      return [{ kind: "plan", ...seen, step: "entered" }];
    case "plan_mode_exit":
      return [{ kind: "plan", ...seen, step: "left" }];
    case "max_turns_reached":
      return [{ kind: "cut", ...seen, by: "turn-limit" }];
    default:
      return [];
  }
}
