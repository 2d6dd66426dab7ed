import { type Fields, fieldsOf, textOf } from "../fields.ts";
import type { Observer, Place } from "../observe/observe.ts";
import {
  FIELD_BACKGROUND_TASK,
  FIELD_BLOCK_NAME,
  FIELD_BLOCK_TEXT,
  FIELD_CALL_ID,
  FIELD_CALL_NAME,
  FIELD_FILE_PATH,
  FIELD_FOLDER,
  FIELD_IS_ERROR,
  FIELD_NEW_CONTENT,
  FIELD_NEW_STRING,
  FIELD_NOTEBOOK_PATH,
  FIELD_OLD_STRING,
  FIELD_RESULT_CONTENT,
  FIELD_RESULT_OF,
  FIELD_TIMED_OUT,
  FIELD_TIMED_OUT_AFTER,
  FIELD_TOOL_INPUT,
  STATE_AT,
  STATE_LINE,
} from "./layout.ts";
import type { Reader } from "./reader.ts";

/**
 * Takes the only tool call of an answer without parsing the rest of its line. Returns false if the walk has not kept the fields of
 * the call, because another block comes behind it.
 */
export function takeCall(reader: Reader, observer: Observer): boolean {
  if (!reader.has(FIELD_BLOCK_NAME) || !reader.isSame(FIELD_BLOCK_NAME, FIELD_CALL_NAME)) return false;
  const name = textOf(reader.valueOf(FIELD_CALL_NAME));
  if ((name === "Edit" || name === "Write") && takeEdit(reader, observer, name)) return true;
  const input = fieldsOf(reader.valueOf(FIELD_TOOL_INPUT));
  const cwd = textOf(reader.valueOf(FIELD_FOLDER));
  observer.call({ id: textOf(reader.valueOf(FIELD_CALL_ID)), name, input }, cwd, placeOf(reader));
  return true;
}

/** Takes an edit by the hashes of its texts; returns false if they have to be parsed. */
function takeEdit(reader: Reader, observer: Observer, name: "Edit" | "Write"): boolean {
  const isWhole = name === "Write";
  const before = isWhole ? undefined : reader.hashLines(FIELD_OLD_STRING);
  const after = reader.hashLines(isWhole ? FIELD_NEW_CONTENT : FIELD_NEW_STRING);
  if (!after || (!before && !isWhole)) return false;
  const id = textOf(reader.valueOf(FIELD_CALL_ID));
  const file = textOf(reader.valueOf(FIELD_FILE_PATH) ?? reader.valueOf(FIELD_NOTEBOOK_PATH));
  observer.edit({ id, file, before, after }, placeOf(reader));
  return true;
}

/** Takes the result of a shell command without parsing the rest of its line. Returns false if more of it is needed. */
export function takeResult(reader: Reader, observer: Observer): boolean {
  const id = textOf(reader.valueOf(FIELD_RESULT_OF));
  if (!observer.isShell(id) || reader.isTrue(FIELD_IS_ERROR) || reader.has(FIELD_BLOCK_TEXT)) return false;
  const outcome: Fields = {
    backgroundTaskId: reader.valueOf(FIELD_BACKGROUND_TASK),
    timedOut: reader.valueOf(FIELD_TIMED_OUT),
    timedOutAfterMs: reader.valueOf(FIELD_TIMED_OUT_AFTER),
  };
  observer.shellResult(id, reader.valueOf(FIELD_RESULT_CONTENT), outcome, placeOf(reader));
  return true;
}

function placeOf({ state }: Reader): Place {
  return { line: state[STATE_LINE] as number, at: state[STATE_AT] as number };
}
