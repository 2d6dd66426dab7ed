import { NEEDED_ENTRIES } from "../observe/needs.ts";
import { STOP_REASONS } from "../../domain/file-scan.ts";
import * as layout from "./layout.ts";

/** A name that the walk looks for. */
export interface Name {
  /** The objects or values in which it counts: IN_… or AS_… */
  place: number;
  name: string;
  /** The number of the field, or of the value. */
  number: number;
  /** Fields of its value, if that is an object with fields of its own. */
  into?: number;
  /** Fields of the objects in its value, if that is an array of them. */
  each?: number;
}

type NamesInPlace = Record<string, number | Omit<Name, "place" | "name">>;

function inPlace(place: number, fields: NamesInPlace): Name[] {
  return Object.entries(fields).map(([name, field]) =>
    typeof field === "number" ? { place, name, number: field } : { place, name, ...field },
  );
}

/** Returns the names of values that have the same number. */
function values(place: number, number: number, names: Iterable<string>): Name[] {
  return [...names].map((name) => ({ place, name, number }));
}

/** Entries without anything that rolecall reads, some of them very large. */
export const SKIPPED_ENTRIES = [
  "agent-name", "ai-title", "api-request", "api-request-blob", "api-request-shape", "atis-latch", "bridge-session",
  "custom-title", "file-history-delta", "file-history-snapshot", "frame-link", "fork-context-ref", "history-suppression",
  "last-prompt", "pr-link", "relocated", "summary", "tag", "task-summary", "tools-used", "worktree-state",
]; // prettier-ignore

/** Entries that say something, but hold no request. */
export const OTHER_ENTRIES = [
  "user", "system", "attachment", "mode", "permission-mode", "agent-setting", "queue-operation",
]; // prettier-ignore

/** Types of entries with their numbers for requests and for events. Those without a number for requests are parsed. */
function entryTypes(): Name[] {
  const forRequests = new Map([
    ["assistant", layout.ENTRY_ANSWER],
    ["progress", layout.ENTRY_PROGRESS],
    ...OTHER_ENTRIES.map((type) => [type, layout.ENTRY_UNDERSTOOD] as const),
    ...SKIPPED_ENTRIES.map((type) => [type, layout.ENTRY_SKIPPED] as const),
  ]);
  const forEvents = new Map([
    ["assistant", layout.EVENTS_ANSWER],
    ["user", layout.EVENTS_USER],
    ["attachment", layout.EVENTS_ATTACHMENT],
    ["progress", layout.EVENTS_PROGRESS],
    ...[...NEEDED_ENTRIES].map((type) => [type, layout.EVENTS_ALWAYS] as const),
  ]);
  return [...new Set([...forRequests.keys(), ...forEvents.keys()])].map((name) => ({
    place: layout.AS_ENTRY_TYPE,
    name,
    number: (forRequests.get(name) ?? 0) + layout.ENTRY_EVENTS * (forEvents.get(name) ?? 0),
  }));
}

/** Fields at the top of an entry that can be in a repeated entry as well. */
const OWN_FIELDS = {
  type: layout.FIELD_TYPE,
  timestamp: layout.FIELD_TIMESTAMP,
  requestId: layout.FIELD_REQUEST_ID,
  requestRef: layout.FIELD_REQUEST_REF,
  uuid: layout.FIELD_UUID,
  forkedFrom: layout.FIELD_FORKED_FROM,
  isSidechain: layout.FIELD_IS_SIDECHAIN,
  requestedModel: layout.FIELD_REQUESTED_MODEL,
  effort: layout.FIELD_EFFORT,
  gitBranch: layout.FIELD_BRANCH,
  cwd: layout.FIELD_FOLDER,
  version: layout.FIELD_VERSION,
  slug: layout.FIELD_NICKNAME,
  requestSessionId: layout.FIELD_REQUEST_SESSION,
  isAbortedMidStream: layout.FIELD_IS_ABORTED,
};

/** All names that the walk looks for. */
export const NAMES: readonly Name[] = [
  ...inPlace(layout.IN_ENTRY, {
    ...OWN_FIELDS,
    sessionId: layout.FIELD_SESSION,
    agentId: layout.FIELD_AGENT_ID,
    attributionAgent: layout.FIELD_AGENT_TYPE,
    streamCutCause: layout.FIELD_STREAM_CUT,
    message: { number: layout.FIELD_MESSAGE, into: layout.IN_MESSAGE },
    attachment: { number: layout.FIELD_ATTACHMENT, into: layout.IN_ATTACHMENT },
    data: { number: layout.FIELD_DATA, into: layout.IN_DATA },
    parentToolUseID: layout.FIELD_CALLED_BY,
    toolUseResult: { number: layout.FIELD_OUTCOME, into: layout.IN_OUTCOME },
  }),
  ...inPlace(layout.IN_MESSAGE, {
    id: layout.FIELD_ID,
    model: layout.FIELD_MODEL,
    stop_reason: layout.FIELD_STOP_REASON,
    diagnostics: layout.FIELD_DIAGNOSTICS,
    content: { number: layout.FIELD_CONTENT, each: layout.IN_BLOCK },
    usage: { number: layout.FIELD_USAGE, into: layout.IN_USAGE },
  }),
  ...inPlace(layout.IN_USAGE, {
    input_tokens: layout.FIELD_INPUT,
    output_tokens: layout.FIELD_OUTPUT,
    output_tokens_details: { number: layout.FIELD_OUTPUT_DETAILS, into: layout.IN_OUTPUT_DETAILS },
    cache_creation_input_tokens: layout.FIELD_CACHE_WRITE,
    cache_creation: { number: layout.FIELD_CACHE_CREATION, into: layout.IN_CACHE_CREATION },
    cache_read_input_tokens: layout.FIELD_CACHE_READ,
    server_tool_use: { number: layout.FIELD_SERVER_TOOL_USE, into: layout.IN_SERVER_TOOL_USE },
    iterations: { number: layout.FIELD_ITERATIONS, each: layout.IN_ITERATION },
    speed: layout.FIELD_SPEED,
    inference_geo: layout.FIELD_GEO,
    service_tier: layout.FIELD_SERVICE_TIER,
  }),
  ...inPlace(layout.IN_OUTPUT_DETAILS, { thinking_tokens: layout.FIELD_THINKING }),
  ...inPlace(layout.IN_CACHE_CREATION, {
    ephemeral_5m_input_tokens: layout.FIELD_CACHE_5M,
    ephemeral_1h_input_tokens: layout.FIELD_CACHE_1H,
  }),
  ...inPlace(layout.IN_SERVER_TOOL_USE, { web_search_requests: layout.FIELD_WEB_SEARCHES }),
  ...inPlace(layout.IN_ITERATION, { type: layout.FIELD_ITERATION_TYPE }),
  ...inPlace(layout.IN_BLOCK, {
    type: layout.FIELD_BLOCK_TYPE,
    name: layout.FIELD_BLOCK_NAME,
    tool_use_id: layout.FIELD_RESULT_OF,
    is_error: layout.FIELD_IS_ERROR,
    id: layout.FIELD_CALL_ID,
    text: layout.FIELD_BLOCK_TEXT,
    thinking: layout.FIELD_THINKING_TEXT,
    content: layout.FIELD_RESULT_CONTENT,
    input: { number: layout.FIELD_TOOL_INPUT, into: layout.IN_TOOL_INPUT },
  }),
  ...inPlace(layout.IN_TOOL_INPUT, {
    command: layout.FIELD_COMMAND,
    file_path: layout.FIELD_FILE_PATH,
    notebook_path: layout.FIELD_NOTEBOOK_PATH,
    pattern: layout.FIELD_PATTERN,
    subagent_type: layout.FIELD_AGENT_CALLED,
    old_string: layout.FIELD_OLD_STRING,
    new_string: layout.FIELD_NEW_STRING,
    content: layout.FIELD_NEW_CONTENT,
  }),
  ...inPlace(layout.IN_OUTCOME, {
    backgroundTaskId: layout.FIELD_BACKGROUND_TASK,
    timedOut: layout.FIELD_TIMED_OUT,
    timedOutAfterMs: layout.FIELD_TIMED_OUT_AFTER,
  }),
  ...inPlace(layout.IN_ATTACHMENT, { type: layout.FIELD_ATTACHMENT_TYPE }),
  ...inPlace(layout.IN_DATA, {
    type: layout.FIELD_DATA_TYPE,
    agentId: layout.FIELD_DATA_AGENT_ID,
    hookName: layout.FIELD_HOOK_NAME,
    message: { number: layout.FIELD_DATA_MESSAGE, into: layout.IN_ECHO },
  }),
  ...inPlace(layout.IN_ECHO, {
    ...OWN_FIELDS,
    message: { number: layout.FIELD_MESSAGE, into: layout.IN_MESSAGE },
  }).map((name) => ({ ...name, number: name.number + layout.ECHO })),
  ...entryTypes(),
  ...STOP_REASONS.flatMap((name, number) =>
    name === "" ? [] : [{ place: layout.AS_STOP_REASON, name, number }],
  ),
  ...values(layout.AS_DATA_TYPE, layout.DATA_AGENT_PROGRESS, ["agent_progress"]),
  ...values(layout.AS_DATA_TYPE, layout.DATA_HOOK_PROGRESS, ["hook_progress"]),
  ...values(layout.AS_BLOCK_TYPE, layout.BLOCK_TEXT, ["text"]),
  ...values(layout.AS_BLOCK_TYPE, layout.BLOCK_THINKING, ["thinking", "redacted_thinking"]),
  ...values(layout.AS_BLOCK_TYPE, layout.BLOCK_CALL, ["tool_use"]),
  ...values(layout.AS_BLOCK_TYPE, layout.BLOCK_RESULT, ["tool_result"]),
];
