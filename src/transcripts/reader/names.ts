import { OBSERVED_ENTRIES } from "../observe/needs.ts";
import {
  AS_BLOCK_TYPE,
  AS_DATA_TYPE,
  AS_ENTRY_TYPE,
  BLOCK_CALL,
  BLOCK_RESULT,
  BLOCK_TEXT,
  DATA_AGENT_PROGRESS,
  ECHO,
  ENTRY_ANSWER,
  ENTRY_ATTACHMENT,
  ENTRY_PARSED,
  ENTRY_PROGRESS,
  ENTRY_SKIPPED,
  ENTRY_UNDERSTOOD,
  ENTRY_USER,
  FIELD_AGENT_ID,
  FIELD_AGENT_TYPE,
  FIELD_ATTACHMENT,
  FIELD_ATTACHMENT_TYPE,
  FIELD_BLOCK_NAME,
  FIELD_BLOCK_TYPE,
  FIELD_BRANCH,
  FIELD_CACHE_1H,
  FIELD_CACHE_5M,
  FIELD_CACHE_CREATION,
  FIELD_CACHE_READ,
  FIELD_CACHE_WRITE,
  FIELD_CONTENT,
  FIELD_DATA,
  FIELD_DATA_AGENT_ID,
  FIELD_DATA_MESSAGE,
  FIELD_DATA_TYPE,
  FIELD_EFFORT,
  FIELD_FOLDER,
  FIELD_FORKED_FROM,
  FIELD_GEO,
  FIELD_ID,
  FIELD_INPUT,
  FIELD_IS_ABORTED,
  FIELD_IS_ERROR,
  FIELD_IS_SIDECHAIN,
  FIELD_ITERATION_TYPE,
  FIELD_ITERATIONS,
  FIELD_MESSAGE,
  FIELD_MODEL,
  FIELD_NICKNAME,
  FIELD_OUTPUT,
  FIELD_OUTPUT_DETAILS,
  FIELD_REQUEST_ID,
  FIELD_REQUEST_SESSION,
  FIELD_REQUESTED_MODEL,
  FIELD_RESULT_OF,
  FIELD_SERVER_TOOL_USE,
  FIELD_SERVICE_TIER,
  FIELD_SESSION,
  FIELD_SPEED,
  FIELD_STOP_REASON,
  FIELD_STREAM_CUT,
  FIELD_THINKING,
  FIELD_TIMESTAMP,
  FIELD_TYPE,
  FIELD_USAGE,
  FIELD_UUID,
  FIELD_VERSION,
  FIELD_WEB_SEARCHES,
  IN_ATTACHMENT,
  IN_BLOCK,
  IN_CACHE_CREATION,
  IN_DATA,
  IN_ECHO,
  IN_ENTRY,
  IN_ITERATION,
  IN_MESSAGE,
  IN_OUTPUT_DETAILS,
  IN_SERVER_TOOL_USE,
  IN_USAGE,
} from "./layout.ts";

/** A name that the walk looks for. */
export interface Name {
  /** The objects or values in which it counts: IN_… or AS_… */
  place: number;
  name: string;
  /** The number of the field, or of the value. */
  number: number;
  /** What its value is, if that is an object with fields of its own. */
  into?: number;
  /** What its value holds, if that is an array of objects with fields of their own. */
  each?: number;
}

type Fields = Record<string, number | Omit<Name, "place" | "name">>;

function inPlace(place: number, fields: Fields): Name[] {
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
  "last-prompt", "pr-link", "queue-operation", "relocated", "summary", "tag", "task-summary", "tools-used", "worktree-state",
]; // prettier-ignore

/** Entries that say something, but hold no request. */
export const OTHER_ENTRIES = ["user", "system", "attachment", "mode", "permission-mode", "agent-setting"];

/** Fields at the top of an entry that can be in a repeated entry as well. */
const OWN_FIELDS = {
  type: FIELD_TYPE,
  timestamp: FIELD_TIMESTAMP,
  requestId: FIELD_REQUEST_ID,
  uuid: FIELD_UUID,
  forkedFrom: FIELD_FORKED_FROM,
  isSidechain: FIELD_IS_SIDECHAIN,
  requestedModel: FIELD_REQUESTED_MODEL,
  effort: FIELD_EFFORT,
  gitBranch: FIELD_BRANCH,
  cwd: FIELD_FOLDER,
  version: FIELD_VERSION,
  slug: FIELD_NICKNAME,
  requestSessionId: FIELD_REQUEST_SESSION,
  isAbortedMidStream: FIELD_IS_ABORTED,
};

/** The names that requests are found by, and how entries are counted. */
export const REQUEST_NAMES: readonly Name[] = [
  ...inPlace(IN_ENTRY, {
    ...OWN_FIELDS,
    sessionId: FIELD_SESSION,
    agentId: FIELD_AGENT_ID,
    attributionAgent: FIELD_AGENT_TYPE,
    streamCutCause: FIELD_STREAM_CUT,
    message: { number: FIELD_MESSAGE, into: IN_MESSAGE },
    data: { number: FIELD_DATA, into: IN_DATA },
  }),
  ...inPlace(IN_MESSAGE, {
    id: FIELD_ID,
    model: FIELD_MODEL,
    stop_reason: FIELD_STOP_REASON,
    usage: { number: FIELD_USAGE, into: IN_USAGE },
  }),
  ...inPlace(IN_USAGE, {
    input_tokens: FIELD_INPUT,
    output_tokens: FIELD_OUTPUT,
    output_tokens_details: { number: FIELD_OUTPUT_DETAILS, into: IN_OUTPUT_DETAILS },
    cache_creation_input_tokens: FIELD_CACHE_WRITE,
    cache_creation: { number: FIELD_CACHE_CREATION, into: IN_CACHE_CREATION },
    cache_read_input_tokens: FIELD_CACHE_READ,
    server_tool_use: { number: FIELD_SERVER_TOOL_USE, into: IN_SERVER_TOOL_USE },
    iterations: { number: FIELD_ITERATIONS, each: IN_ITERATION },
    speed: FIELD_SPEED,
    inference_geo: FIELD_GEO,
    service_tier: FIELD_SERVICE_TIER,
  }),
  ...inPlace(IN_OUTPUT_DETAILS, { thinking_tokens: FIELD_THINKING }),
  ...inPlace(IN_CACHE_CREATION, {
    ephemeral_5m_input_tokens: FIELD_CACHE_5M,
    ephemeral_1h_input_tokens: FIELD_CACHE_1H,
  }),
  ...inPlace(IN_SERVER_TOOL_USE, { web_search_requests: FIELD_WEB_SEARCHES }),
  ...inPlace(IN_ITERATION, { type: FIELD_ITERATION_TYPE }),
  ...inPlace(IN_DATA, {
    type: FIELD_DATA_TYPE,
    agentId: FIELD_DATA_AGENT_ID,
    message: { number: FIELD_DATA_MESSAGE, into: IN_ECHO },
  }),
  ...inPlace(IN_ECHO, { ...OWN_FIELDS, message: { number: FIELD_MESSAGE, into: IN_MESSAGE } }).map(
    (name) => ({
      ...name,
      number: name.number + ECHO,
    }),
  ),
  ...values(AS_ENTRY_TYPE, ENTRY_ANSWER, ["assistant"]),
  ...values(AS_ENTRY_TYPE, ENTRY_PROGRESS, ["progress"]),
  ...values(AS_ENTRY_TYPE, ENTRY_PARSED, ["cost-state"]),
  ...values(AS_ENTRY_TYPE, ENTRY_UNDERSTOOD, OTHER_ENTRIES),
  ...values(AS_ENTRY_TYPE, ENTRY_SKIPPED, SKIPPED_ENTRIES),
  ...values(AS_DATA_TYPE, DATA_AGENT_PROGRESS, ["agent_progress"]),
];

/** The names that events are found by. Entries of any other type are passed over. */
export const EVENT_NAMES: readonly Name[] = [
  ...inPlace(IN_ENTRY, {
    type: FIELD_TYPE,
    timestamp: FIELD_TIMESTAMP,
    message: { number: FIELD_MESSAGE, into: IN_MESSAGE },
    attachment: { number: FIELD_ATTACHMENT, into: IN_ATTACHMENT },
  }),
  ...inPlace(IN_MESSAGE, {
    model: FIELD_MODEL,
    content: { number: FIELD_CONTENT, each: IN_BLOCK },
    usage: { number: FIELD_USAGE, into: IN_USAGE },
  }),
  ...inPlace(IN_USAGE, { iterations: { number: FIELD_ITERATIONS, each: IN_ITERATION } }),
  ...inPlace(IN_ITERATION, { type: FIELD_ITERATION_TYPE }),
  ...inPlace(IN_BLOCK, {
    type: FIELD_BLOCK_TYPE,
    name: FIELD_BLOCK_NAME,
    tool_use_id: FIELD_RESULT_OF,
    is_error: FIELD_IS_ERROR,
  }),
  ...inPlace(IN_ATTACHMENT, { type: FIELD_ATTACHMENT_TYPE }),
  ...values(AS_ENTRY_TYPE, ENTRY_ANSWER, ["assistant"]),
  ...values(AS_ENTRY_TYPE, ENTRY_USER, ["user"]),
  ...values(AS_ENTRY_TYPE, ENTRY_ATTACHMENT, ["attachment"]),
  ...values(AS_ENTRY_TYPE, ENTRY_PARSED, OBSERVED_ENTRIES),
  ...values(AS_BLOCK_TYPE, BLOCK_TEXT, ["text", "thinking", "redacted_thinking"]),
  ...values(AS_BLOCK_TYPE, BLOCK_CALL, ["tool_use"]),
  ...values(AS_BLOCK_TYPE, BLOCK_RESULT, ["tool_result"]),
];
