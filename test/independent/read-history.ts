import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A parsed JSON object. */
type Json = Record<string, unknown>;

export interface Tokens {
  input: number;
  output: number;
  write5m: number;
  write1h: number;
  read: number;
}

/** One answer of the API as one file holds it. */
export interface Answer {
  key: string;
  model: string;
  at: number;
  line: number;
  /** `main`, or whatever tells an agent run of the session from others. */
  thread: string;
  tokens: Tokens;
  webSearches: number;
  isFast: boolean;
  isUsOnly: boolean;
  isBatch: boolean;
  /** Attempts inside of it that another model answered, each priced as its own. */
  iterations: { model: string; tokens: Tokens }[];
  /** uuid of the human prompt on the main thread that it belongs to; empty before the first, and for agents. */
  turn: string;
  /** Compactions of the thread before it. */
  compactions: number;
}

/** Reads every transcript of a configuration folder, with JSON.parse and nothing of the product. Returns the answers file by file. */
export function readHistory(home: string): Answer[][] {
  const projects = join(home, "projects");
  return readdirSync(projects, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".jsonl"))
    .toSorted()
    .map((name) => readFile(join(projects, name)));
}

function readFile(path: string): Answer[] {
  const isAgentFile = /agent-[^/]*\.jsonl$/.test(path);
  const answers = new Map<string, Answer>();
  const place: Place = { turn: "", compactions: 0, pendingCommand: undefined };
  const runs = new Map<string, string>();
  const bare: BareAnswer[] = [];
  let line = 0;
  for (const text of readFileSync(path, "utf8").split("\n")) {
    line++;
    for (const entry of entriesOf(text)) {
      if (!isAgentFile) noteTurn(entry, place);
      if (entry["subtype"] === "compact_boundary") place.compactions++;
      const run = isAgentFile ? path : runOf(entry, runs);
      const found = answerOf(entry, run, line, place);
      if (found?.key === "") found.key = keyOfBare(entry, found, bare);
      const before = found && answers.get(found.key);
      // The entry with the most output has the usage; the first one has the time and the place.
      if (found && !before) answers.set(found.key, found);
      else if (found && before && found.tokens.output >= before.tokens.output)
        answers.set(found.key, {
          ...found,
          at: before.at,
          line: before.line,
          turn: before.turn,
          compactions: before.compactions,
        });
    }
  }
  return [...answers.values()];
}

/** `main`, or the first uuid of the side chain that an entry of an old client is in. */
function runOf(entry: Json, runs: Map<string, string>): string {
  if (entry["isSidechain"] !== true || string(entry["agentId"]) !== "") return "main";
  const uuid = string(entry["uuid"]);
  const run = runs.get(string(entry["parentUuid"])) ?? uuid;
  runs.set(uuid, run);
  return run;
}

/** An entry of an answer that has nothing but a message id. */
interface BareAnswer {
  uuid: string;
  line: number;
  key: string;
  identity: string;
}

function keyOfBare(entry: Json, { line, thread, tokens }: Answer, before: BareAnswer[]): string {
  const inner = entry["type"] === "progress" ? object(object(entry["data"])["message"]) : entry;
  const id = string(object(inner["message"])["id"]);
  const uuid = string(object(inner["forkedFrom"])["messageUuid"]) || string(inner["uuid"]);
  const { input, write5m, write1h, read } = tokens;
  const identity = [id, thread, input, write5m, write1h, read].join(" ");
  const known = before.findLast(
    (one) =>
      one.identity === identity &&
      (one.uuid === uuid || one.uuid === string(inner["parentUuid"]) || one.line === line - 1),
  );
  const key = known?.key ?? `${id} ${uuid}`;
  before.push({ uuid, line, key, identity });
  return key;
}

/** The entries of a line: mostly one, but two when a client was killed in between. */
function entriesOf(text: string): Json[] {
  const parts = [text, ...text.split(/(?<=\})(?=\{"(?:parentUuid|type)":)/)];
  const whole = parse(parts[0] ?? "");
  return (whole ? [whole] : parts.slice(1).map(parse)).filter((entry) => entry !== undefined);
}

function parse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

const object = (value: unknown): Json => (typeof value === "object" && value !== null ? (value as Json) : {});
const string = (value: unknown): string => (typeof value === "string" ? value : "");
const count = (value: unknown): number => Math.max(0, Number(value) || 0);

/** Where a reading is in the conversation of the main thread. */
interface Place {
  turn: string;
  compactions: number;
  /** A command that begins a turn unless its output shows that the client ran it by itself. */
  pendingCommand: string | undefined;
}

const NOT_TYPED =
  /^(?:<(?:bash-|system-reminder|user-memory-input|local-command|background-task|fork-boilerplate|tool_use_error|task-notification)|This session is being continued|Caveat: The messages below|API Error|\[Request interrupted by user)/;

function noteTurn(entry: Json, place: Place): void {
  const message = object(entry["message"]);
  if (entry["type"] === "assistant" && entry["isSidechain"] !== true && place.pendingCommand !== undefined) {
    place.turn = place.pendingCommand;
    place.pendingCommand = undefined;
  }
  if (entry["type"] !== "user" || entry["isSidechain"] === true || entry["isMeta"] === true) return;
  if (entry["isCompactSummary"] === true || entry["isVisibleInTranscriptOnly"] === true) return;
  if (entry["refusedMessageId"] !== undefined) return;
  const { content } = message;
  const blocks: Json[] = Array.isArray(content) ? content.map(object) : [{ text: content }];
  if (blocks.some(({ type }) => type === "tool_result")) return;
  const text = blocks.map((block) => string(block["text"])).join("\n");
  if (text.startsWith("<local-command-")) place.pendingCommand = undefined;
  const origin = object(entry["origin"])["kind"];
  if (
    NOT_TYPED.test(text) ||
    (origin !== undefined && origin !== "human") ||
    entry["promptSource"] === "system"
  )
    return;
  const uuid = string(object(entry["forkedFrom"])["messageUuid"]) || string(entry["uuid"]);
  if (text.startsWith("<command-name>") || text.startsWith("<command-message>")) place.pendingCommand = uuid;
  else place.turn = uuid;
}

function answerOf(entry: Json, file: string, line: number, place: Place): Answer | undefined {
  const data = object(entry["data"]);
  const isEcho = entry["type"] === "progress" && data["type"] === "agent_progress";
  const inner = isEcho ? object(data["message"]) : entry;
  if (inner["type"] !== "assistant") return undefined;
  const message = object(inner["message"]);
  const usage = message["usage"];
  if (typeof usage !== "object" || usage === null || message["model"] === "<synthetic>") return undefined;
  const isAgent = isEcho || file !== "main" || entry["isSidechain"] === true;
  const thread = isEcho ? string(data["agentId"]) : file;
  const of = usage as Json;
  return {
    key: keyOf(message, inner, entry),
    model: string(message["model"]),
    at: Date.parse(string(inner["timestamp"]) || string(entry["timestamp"])),
    line,
    thread,
    tokens: tokensOf(of),
    webSearches: count(object(of["server_tool_use"])["web_search_requests"]),
    isFast: of["speed"] === "fast",
    isUsOnly: of["inference_geo"] === "us",
    isBatch: of["service_tier"] === "batch",
    iterations: iterationsOf(of, string(message["model"])),
    turn: isAgent ? "" : place.turn,
    compactions: place.compactions,
  };
}

/** Which answer of the API it is (docs/definitions.md, Request). */
function keyOf(message: Json, inner: Json, entry: Json): string {
  const id = string(message["id"]);
  const request = string(inner["requestId"]);
  if (id.startsWith("msg_") && request.startsWith("req_")) return id;
  if (id === "") return string(inner["uuid"]) || string(entry["uuid"]);
  const own = string(inner["requestRef"]) || request;
  return own === "" ? "" : `${id} ${own}`; // the lines around it show which one it is
}

function tokensOf(usage: Json): Tokens {
  const split = object(usage["cache_creation"]);
  const write1h = count(split["ephemeral_1h_input_tokens"]);
  const written = Math.max(
    count(usage["cache_creation_input_tokens"]),
    write1h + count(split["ephemeral_5m_input_tokens"]),
  );
  return {
    input: count(usage["input_tokens"]),
    output: count(usage["output_tokens"]),
    write5m: written - write1h,
    write1h,
    read: count(usage["cache_read_input_tokens"]),
  };
}

/** The attempts of an answer, if any was not plain; a declined one without output is not billed. */
function iterationsOf(usage: Json, model: string): Answer["iterations"] {
  const all = (Array.isArray(usage["iterations"]) ? usage["iterations"] : []).map(object);
  if (all.every(({ type }) => type === "message")) return [];
  return all
    .filter((one) => one["type"] !== "message" || count(one["output_tokens"]) > 0)
    .map((one) => ({ model: string(one["model"]) || model, tokens: tokensOf(one) }));
}
