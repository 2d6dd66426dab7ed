import type { IncomingHttpHeaders } from "node:http";

/** A question of the Messages API, as far as rules look at it. */
export interface MessagesBody {
  model: string;
  stream?: boolean;
  max_tokens?: number;
  system?: string | readonly { text?: string }[];
  messages: readonly { role: string; content: string | readonly ContentBlock[] }[];
  tools?: readonly { name?: string; type?: string }[];
  output_config?: { effort?: string };
  [parameter: string]: unknown;
}

interface ContentBlock {
  type: string;
  text?: string;
  id?: string;
  name?: string;
  tool_use_id?: string;
  is_error?: boolean;
  content?: string | readonly ContentBlock[];
}

/** What a request asks, in the words of the rules. */
export interface Asked {
  path: string;
  headers: IncomingHttpHeaders;
  /** `sub`: from a sub-agent of Claude Code; `side`: no tools (titles, summaries, plain SDK calls); else `main`. */
  kind: "main" | "sub" | "side";
  model: string;
  effort: string | undefined;
  stream: boolean;
  system: string;
  /** Text of the first user message, without the client's reminders. */
  firstUser: string;
  /** Text of the last user message; empty where it holds nothing but tool results. */
  user: string;
  /** The last text that any user message holds. */
  prompt: string;
  /** Tools on offer. */
  tools: readonly string[];
  /** Results of tools in the last user message. */
  results: readonly { tool: string; isError: boolean; text: string }[];
  body: MessagesBody;
}

type Pattern = RegExp | string;

/** Conditions of a rule: all that are given must hold. A string means a part of the text, whatever its case. */
export interface When {
  path?: Pattern;
  model?: Pattern;
  kind?: Asked["kind"];
  effort?: string;
  firstUser?: Pattern;
  user?: Pattern;
  prompt?: Pattern;
  /** Anywhere in the messages, as JSON. */
  anyText?: Pattern;
  system?: Pattern;
  /** Whether the last message brings results of tools. */
  toolResult?: boolean;
  /** A result of this tool is in the last message. */
  tool?: Pattern;
  resultText?: Pattern;
  /** This tool is on offer. */
  hasTool?: string;
  header?: readonly [name: string, value: Pattern];
  /** Whatever the rest cannot say. */
  test?: (asked: Asked) => boolean;
}

/** What the API's `usage` holds; what is not given is 12 input and 120 output tokens, and no cache. */
export interface ScriptedUsage {
  input_tokens?: number;
  output_tokens?: number;
  cache_read_input_tokens?: number;
  cache_creation_input_tokens?: number;
  cache_creation?: { ephemeral_5m_input_tokens: number; ephemeral_1h_input_tokens: number };
  [field: string]: unknown;
}

/** `{ text }`, `{ thinking }`, `{ tool, input }`, or any block as the API would send it. */
export type ScriptedBlock =
  | { text: string }
  | { thinking: string }
  | { tool: string; input?: unknown }
  | { type: string; [field: string]: unknown };

export interface ApiErrorBody {
  type: string;
  message: string;
}

/** How to answer; without anything said, the text `Done.` */
export interface Reply {
  blocks?: readonly ScriptedBlock[];
  usage?: ScriptedUsage;
  /** Default: `tool_use` where a tool is called, else `end_turn`. */
  stopReason?: string;
  stopDetails?: Record<string, unknown>;
  /** The model that the answer names; default: the one asked for. */
  model?: string;
  headers?: Record<string, string>;
  /** Before anything is sent. */
  delayMs?: number;
  /** An HTTP error instead of an answer. */
  status?: number;
  error?: ApiErrorBody;
  /** Drops the connection instead of answering. */
  cut?: boolean;
  /** An `error` event in mid-stream, after this many blocks were begun (default: all of them). */
  streamError?: ApiErrorBody;
  /** Drops the connection in mid-stream, after this many blocks were begun (default: all of them). */
  streamCut?: boolean;
  afterBlocks?: number;
  /** Between the pieces of a text. */
  pieceDelayMs?: number;
  /** After the last block and before the stream's end. */
  hangMs?: number;
  /** Output tokens that `message_start` tells; default: a small number. */
  startOutputTokens?: number;
}

/** The first rule that holds, and has times left, answers. */
export interface Rule {
  /** For the request log. */
  name: string;
  when?: When;
  /** How often it answers at most. */
  times?: number;
  /** One answer for every time; one for each time, the last one again and again; or an answer made for the request. */
  reply: Reply | readonly Reply[] | ((asked: Asked, use: number) => Reply);
}

/** Reads a request the way the rules speak of it. */
export function readAsked(body: MessagesBody, path: string, headers: IncomingHttpHeaders): Asked {
  const users = body.messages.filter((message) => message.role === "user");
  const texts = users.map((message) => withoutReminders(textOf(message.content)));
  const system =
    typeof body.system === "string" ? body.system : (body.system ?? []).map((b) => b.text ?? "").join("\n");
  const tools = (body.tools ?? []).map((tool) => tool.name ?? tool.type ?? "?");
  return {
    path,
    headers,
    kind: kindOf(headers, system, tools, body.max_tokens),
    model: body.model,
    effort: body.output_config?.effort,
    stream: body.stream === true,
    system,
    firstUser: texts[0] ?? "",
    user: texts.at(-1) ?? "",
    prompt: texts.findLast((text) => text !== "") ?? "",
    tools,
    results: resultsOf(body.messages),
    body,
  };
}

/** Whether every condition holds. */
export function holds(when: When, asked: Asked): boolean {
  const texts: readonly [Pattern | undefined, string][] = [
    [when.path, asked.path],
    [when.model, asked.model],
    [when.firstUser, asked.firstUser],
    [when.user, asked.user],
    [when.prompt, asked.prompt],
    [when.system, asked.system],
    [when.resultText, asked.results.map((result) => result.text).join("\n")],
    [when.anyText, when.anyText === undefined ? "" : JSON.stringify(asked.body.messages)],
    [when.header?.[1], String(asked.headers[when.header?.[0].toLowerCase() ?? ""] ?? "")],
  ];
  return (
    texts.every(([pattern, text]) => pattern === undefined || found(pattern, text)) &&
    (when.kind === undefined || when.kind === asked.kind) &&
    (when.effort === undefined || when.effort === asked.effort) &&
    (when.toolResult === undefined || when.toolResult === asked.results.length > 0) &&
    (when.tool === undefined || asked.results.some(({ tool }) => found(when.tool ?? "", tool))) &&
    (when.hasTool === undefined || asked.tools.includes(when.hasTool)) &&
    (when.test === undefined || when.test(asked))
  );
}

function found(pattern: Pattern, text: string): boolean {
  return typeof pattern === "string"
    ? text.toLowerCase().includes(pattern.toLowerCase())
    : text.search(pattern) >= 0;
}

/** Claude Code names a sub-agent in a header and in its system prompt; its side requests carry no tools. */
function kindOf(
  headers: IncomingHttpHeaders,
  system: string,
  tools: readonly string[],
  maxTokens: number | undefined,
): Asked["kind"] {
  if (headers["x-claude-code-agent-id"] || system.includes("cc_is_subagent=true")) return "sub";
  return tools.length === 0 || (maxTokens ?? 2) <= 1 ? "side" : "main";
}

function resultsOf(messages: MessagesBody["messages"]): Asked["results"] {
  const blocks = messages.flatMap(({ content }) => (typeof content === "string" ? [] : content));
  const names = new Map(
    blocks.filter(({ type }) => type === "tool_use").map(({ id, name }) => [id ?? "", name ?? "?"]),
  );
  // The client may put `system` messages after the last of the user's.
  const last = messages.findLast(({ role }) => role === "user")?.content ?? "";
  if (typeof last === "string") return [];
  return last
    .filter(({ type }) => type === "tool_result")
    .map((block) => ({
      tool: names.get(block.tool_use_id ?? "") ?? "?",
      isError: block.is_error === true,
      text: textOf(block.content ?? ""),
    }));
}

function textOf(content: string | readonly ContentBlock[]): string {
  if (typeof content === "string") return content;
  return content
    .filter(({ type }) => type === "text")
    .map(({ text }) => text ?? "")
    .join("\n");
}

function withoutReminders(text: string): string {
  return text.replaceAll(/<system-reminder>[\s\S]*?<\/system-reminder>/g, "").trim();
}
