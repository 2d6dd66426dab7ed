import { type Fields, textOf } from "../fields.ts";
import { isAttachmentNeeded, isEntryNeeded, isToolNeeded } from "../observe/needs.ts";
import type { Observer } from "../observe/observe.ts";
import { findEntries, parseEntry } from "./entries.ts";
import {
  ASK_ATTACHMENT,
  ASK_CALL,
  ASK_ECHO_RESULT,
  ASK_NOTHING,
  ASK_RESULT,
  ASK_TEXT,
  FIELD_ATTACHMENT_TYPE,
  FIELD_CALL_NAME,
  FIELD_DATA_AGENT_ID,
  FIELD_IS_ERROR,
  FIELD_RESULT_OF,
  STATE_AT,
  STATE_LAST_AT,
  STATE_LINE,
} from "./layout.ts";
import type { OnAsk } from "./lines.ts";
import type { Reader } from "./reader.ts";

/** Hands the entries of one file that events need to an observer. */
export interface EventFinder {
  readonly onAsk: OnAsk;
  /** Returns the events and the observer's state, both as JSON. */
  take(): { events: string; observer: string };
}

/** Begins a file, or the rest of one if the observer has a state. */
export function findEvents(reader: Reader, observer: Observer): EventFinder {
  let toldAt = observer.state().at;

  /** Tells the observer the time of the last entry, although nobody parsed that. */
  function tellTime(): void {
    const { [STATE_LAST_AT]: at = 0, [STATE_LINE]: line = 0 } = reader.state;
    if (Number.isNaN(at) || at === toldAt) return;
    observer.entry({ timestamp: new Date(at).toISOString() }, line);
    toldAt = at;
  }

  function observe(entry: Fields): void {
    const { state } = reader;
    const at = Date.parse(textOf(entry["timestamp"]));
    const isTimed = !Number.isNaN(at);
    if (isTimed) state[STATE_LAST_AT] = at;
    if (!isEntryNeeded(textOf(entry["type"]))) return;
    if (isTimed) toldAt = at;
    else tellTime();
    observer.entry(entry, state[STATE_LINE] as number);
  }

  function observeLine(): void {
    const { start, end } = reader.currentLine();
    const entry = parseEntry(reader.bytes, start, end);
    if (entry) observe(entry);
    else if (entry === null) findEntries(reader, start, end).forEach(observe);
  }

  /** Counts the call of a tool that is not needed. */
  function countCall(name: string): void {
    const { [STATE_AT]: at = 0 } = reader.state;
    if (!(at > 0)) tellTime();
    observer.toolUse(at, name);
    if (at > 0) toldAt = at;
  }

  /** Notes when a part of an answer was written, which nobody parses. */
  function noteAnswer(): void {
    const { [STATE_AT]: at = 0, [STATE_LINE]: line = 0 } = reader.state;
    if (!(at > 0)) return;
    observer.answered(at, line);
    toldAt = at;
  }

  return {
    onAsk(ask) {
      if (ask === ASK_NOTHING) return;
      const { valueOf } = reader;
      if (ask === ASK_TEXT) return noteAnswer();
      if (ask === ASK_CALL) {
        const name = textOf(valueOf(FIELD_CALL_NAME));
        if (!isToolNeeded(name)) return countCall(name);
      }
      if (ask === ASK_RESULT && valueOf(FIELD_IS_ERROR) !== true) {
        if (!observer.wantsResult(textOf(valueOf(FIELD_RESULT_OF)))) return;
      }
      if (ask === ASK_ECHO_RESULT && valueOf(FIELD_IS_ERROR) !== true) {
        const agentId = textOf(valueOf(FIELD_DATA_AGENT_ID));
        if (!observer.wantsEcho(agentId, textOf(valueOf(FIELD_RESULT_OF)))) return;
      }
      if (ask === ASK_ATTACHMENT && !isAttachmentNeeded(textOf(valueOf(FIELD_ATTACHMENT_TYPE)))) return;
      observeLine();
    },
    take() {
      tellTime();
      return {
        events: JSON.stringify(observer.takeEvents()),
        observer: JSON.stringify(observer.state()),
      };
    },
  };
}
