import { type Fields, textOf, timeIn } from "../fields.ts";
import { isAttachmentNeeded, isEntryNeeded, isToolNeeded } from "../observe/needs.ts";
import type { Observer } from "../observe/observe.ts";
import type { SideChains } from "../side-chains.ts";
import { findEntries, parseEntry } from "./entries.ts";
import {
  ASK_ATTACHMENT,
  ASK_CALL,
  ASK_ECHO_RESULT,
  ASK_NOTHING,
  ASK_RESULT,
  ASK_TEXT,
  FIELD_ATTACHMENT_TYPE,
  FIELD_BLOCK_TEXT,
  FIELD_CALL_NAME,
  FIELD_DATA_AGENT_ID,
  FIELD_IS_ERROR,
  FIELD_IS_SIDECHAIN,
  FIELD_RESULT_OF,
  STATE_AT,
  STATE_LAST_AT,
  STATE_LINE,
} from "./layout.ts";
import type { OnAsk } from "./lines.ts";
import type { Reader } from "./reader.ts";
import { takeCall, takeResult } from "./take-parts.ts";

/** Hands the entries of one file that events need to an observer. */
export interface EventFinder {
  readonly onAsk: OnAsk;
  /** Returns the events and the observer's state, both as JSON. */
  take(): { events: string; observer: string };
}

/** Begins a file, or the rest of one if the observer has a state. */
export function findEvents(reader: Reader, observer: Observer, chains: SideChains): EventFinder {
  return new EventLines(reader, observer, chains);
}

class EventLines implements EventFinder {
  private readonly reader: Reader;
  private readonly observer: Observer;
  private readonly chains: SideChains;
  /** The time that the observer knows of. */
  private toldAt: number;
  /** The text of the latest part of an answer, as JSON. */
  private kept = Buffer.alloc(0);
  private keptBytes = 0;

  constructor(reader: Reader, observer: Observer, chains: SideChains) {
    this.reader = reader;
    this.observer = observer;
    this.chains = chains;
    this.toldAt = observer.state().at;
  }

  readonly onAsk: OnAsk = (ask) => {
    if (ask === ASK_NOTHING) return;
    if (ask === ASK_TEXT) this.noteAnswer();
    else if (ask === ASK_CALL && !isToolNeeded(this.text(FIELD_CALL_NAME))) this.countCall();
    else if (!this.isUnwanted(ask) && !this.isTakenInParts(ask)) this.observeLine();
  };

  take(): { events: string; observer: string } {
    this.tellTime();
    return {
      events: JSON.stringify(this.observer.takeEvents()),
      observer: JSON.stringify(this.observer.state()),
    };
  }

  private text(field: number): string {
    return textOf(this.reader.valueOf(field));
  }

  /** Returns whether nobody waits for a result or an attachment. Errors are always read. */
  private isUnwanted(ask: number): boolean {
    const { observer, reader } = this;
    if (ask === ASK_ATTACHMENT) return !isAttachmentNeeded(this.text(FIELD_ATTACHMENT_TYPE));
    if (ask !== ASK_RESULT && ask !== ASK_ECHO_RESULT) return false;
    if (reader.isTrue(FIELD_IS_ERROR)) return false;
    if (ask === ASK_RESULT && !observer.wantsAnyResult()) return true;
    const id = this.text(FIELD_RESULT_OF);
    return ask === ASK_RESULT
      ? !observer.wantsResult(id)
      : !observer.wantsEcho(this.text(FIELD_DATA_AGENT_ID), id);
  }

  /** Takes the frequent entries of which few fields are needed; returns false for any other. */
  private isTakenInParts(ask: number): boolean {
    if (ask !== ASK_CALL && ask !== ASK_RESULT) return false;
    const { observer, reader } = this;
    const at = reader.state[STATE_AT] as number;
    if (!(at > 0)) return false;
    const isTaken = ask === ASK_CALL ? takeCall(reader, observer) : takeResult(reader, observer);
    if (isTaken) this.toldAt = at;
    return isTaken;
  }

  /** Gives the observer the time of the last entry, although nobody parsed that. */
  private tellTime(): void {
    const { state } = this.reader;
    const at = state[STATE_LAST_AT] as number;
    if (Number.isNaN(at) || at === this.toldAt) return;
    this.observer.entry({ timestamp: new Date(at).toISOString() }, state[STATE_LINE] as number);
    this.toldAt = at;
  }

  private observeLine(): void {
    const { reader } = this;
    const { start, end } = reader.currentLine();
    const entry = parseEntry(reader.bytes, start, end);
    if (entry) this.observe(entry);
    else if (entry === null) for (const one of findEntries(reader, start, end)) this.observe(one);
  }

  private observe(entry: Fields): void {
    const { state } = this.reader;
    const at = timeIn(entry);
    const isTimed = !Number.isNaN(at);
    if (isTimed) state[STATE_LAST_AT] = at;
    const whole = this.chains.withAgent(entry);
    if (!isEntryNeeded(textOf(entry["type"]))) return;
    if (isTimed) this.toldAt = at;
    else this.tellTime();
    const line = state[STATE_LINE] as number;
    if (whole === entry) this.observer.entry(entry, line);
    else this.observer.sideChain(whole, line);
  }

  /** Counts the call of a tool that is not needed. */
  private countCall(): void {
    const at = this.reader.state[STATE_AT] as number;
    if (!(at > 0)) this.tellTime();
    this.observer.toolUse(at, this.text(FIELD_CALL_NAME));
    if (at > 0) this.toldAt = at;
  }

  /** Notes when a part of an answer was written, which nobody parses. */
  private noteAnswer(): void {
    const { state } = this.reader;
    const at = state[STATE_AT] as number;
    if (!(at > 0)) return;
    this.keepText();
    this.observer.answered(at, state[STATE_LINE] as number, this.keptText);
    this.toldAt = at;
  }

  /** Keeps a copy of the text: the walk goes on, and whether this is the last one of a turn shows later. */
  private keepText(): void {
    const { reader } = this;
    const text = reader.isTrue(FIELD_IS_SIDECHAIN) ? undefined : reader.textAt(FIELD_BLOCK_TEXT);
    this.keptBytes = text ? text.end - text.start : 0;
    if (!text) return;
    if (this.kept.length < this.keptBytes) this.kept = Buffer.allocUnsafe(2 * this.keptBytes);
    reader.bytes.copy(this.kept, 0, text.start, text.end);
  }

  private readonly keptText = (): string =>
    this.keptBytes === 0 ? "" : (JSON.parse(this.kept.toString("utf8", 0, this.keptBytes)) as string);
}
