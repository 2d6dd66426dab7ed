import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { makeId, type Message, messageOf, sendPlain, sendStream } from "./scripted-answer.ts";
import {
  type ApiErrorBody,
  type Asked,
  holds,
  type MessagesBody,
  readAsked,
  type Reply,
  type Rule,
} from "./scripted-rules.ts";

/** One request to `/v1/messages` with what it was answered. */
export interface LoggedRequest extends Omit<Asked, "body"> {
  /** From 1. */
  number: number;
  /** ms since the epoch. */
  at: number;
  requestId: string;
  /** Name of the rule that answered. */
  rule: string;
  /** Left out unless `keepBodies`. */
  body?: MessagesBody;
  answered: Answered;
}

interface Answered {
  /** 0 where the connection was dropped before an answer. */
  status: number;
  error?: ApiErrorBody;
  /** The message, where there is one; `finished` says whether all of it went out. */
  message?: Message;
  finished: boolean;
}

/** What another path answers, as JSON. */
export interface RouteAnswer {
  status?: number;
  headers?: Record<string, string>;
  /** A string goes out as it is. */
  body: unknown;
}

export interface ScriptedApiOptions {
  rules?: readonly Rule[];
  /** What `/v1/models` lists. */
  models?: readonly string[];
  /** Keeps each request's body in the log. */
  keepBodies?: boolean;
  /** Answers any path before the API's own; undefined leaves it to them. */
  route?: (
    method: string,
    path: string,
    body: string,
  ) => RouteAnswer | undefined | Promise<RouteAnswer | undefined>;
}

/** A scripted Messages API on 127.0.0.1. */
export interface ScriptedApi {
  /** `http://127.0.0.1:PORT`, as ANTHROPIC_BASE_URL wants it. */
  url: string;
  /** Every request to `/v1/messages`, in the order in which they came. */
  requests: LoggedRequest[];
  /** `METHOD path` of everything else. */
  others: string[];
  /** Other rules from now on, counted from zero. */
  setRules(rules: readonly Rule[]): void;
  /** Drops open connections. */
  stop(): Promise<void>;
}

/**
 * Starts a server that speaks enough of the Messages API for @anthropic-ai/sdk and for the real Claude Code client, and
 * answers by script. Where no rule holds, it says `Done.`
 */
export async function startScriptedApi(options: ScriptedApiOptions = {}): Promise<ScriptedApi> {
  let script = createScript(options.rules ?? []);
  const requests: LoggedRequest[] = [];
  const others: string[] = [];

  const server = createServer((request, response) => {
    // A client that hangs up is a part of what is tested here, never a failure of the server.
    answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await readAll(request);
    const { method = "GET", url = "/", headers } = request;
    const path = url.split("?")[0] ?? url;
    const routed = await options.route?.(method, path, raw);
    if (routed) sendJson(response, routed);
    else if (method === "POST" && path === "/v1/messages") await answerMessages(raw, url, headers, response);
    else {
      others.push(`${method} ${path}`);
      sendJson(response, otherAnswer(method, path, raw, options.models ?? []));
    }
  }

  async function answerMessages(
    raw: string,
    path: string,
    headers: IncomingMessage["headers"],
    response: ServerResponse,
  ): Promise<void> {
    const asked = readAsked(JSON.parse(raw) as MessagesBody, path, headers);
    const { rule, reply } = script(asked);
    const { body, ...rest } = asked;
    const logged: LoggedRequest = {
      ...rest,
      number: requests.length + 1,
      at: Date.now(),
      requestId: makeId("req_011", 21),
      rule,
      ...(options.keepBodies && { body }),
      answered: { status: 0, finished: false },
    };
    requests.push(logged);
    await sendReply(response, asked, reply, logged);
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    others,
    setRules: (rules) => {
      script = createScript(rules);
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Chooses the reply to each request: the first rule that holds and has times left. */
function createScript(rules: readonly Rule[]): (asked: Asked) => { rule: string; reply: Reply } {
  const uses = new Map<Rule, number>();
  return (asked) => {
    const rule = rules.find(
      (rule) => (uses.get(rule) ?? 0) < (rule.times ?? Infinity) && holds(rule.when ?? {}, asked),
    );
    if (!rule) return { rule: "(default)", reply: {} };
    const use = uses.get(rule) ?? 0;
    uses.set(rule, use + 1);
    return { rule: rule.name, reply: replyOf(rule, asked, use) };
  };
}

function replyOf({ reply }: Rule, asked: Asked, use: number): Reply {
  if (typeof reply === "function") return reply(asked, use);
  return Array.isArray(reply) ? ((reply[use] ?? reply.at(-1) ?? {}) as Reply) : (reply as Reply);
}

/** Sends what the script says, and writes down what was sent. */
async function sendReply(
  response: ServerResponse,
  asked: Asked,
  reply: Reply,
  logged: LoggedRequest,
): Promise<void> {
  const headers = {
    "request-id": logged.requestId,
    "anthropic-organization-id": "00000000-0000-4000-8000-000000000000",
    ...reply.headers,
  };
  if (reply.delayMs) await sleep(reply.delayMs);
  if (reply.cut) {
    response.destroy();
    return;
  }
  if (reply.status !== undefined && reply.status !== 200) {
    const error = reply.error ?? { type: "api_error", message: "Internal server error" };
    logged.answered = { status: reply.status, error, finished: true };
    const body = { type: "error", error, request_id: logged.requestId };
    sendJson(response, { status: reply.status, headers, body });
    return;
  }
  const message = messageOf(reply, asked);
  logged.answered = {
    status: 200,
    message,
    finished: false,
    ...(reply.streamError && { error: reply.streamError }),
  };
  if (asked.stream) {
    const whole = await sendStream(response, message, { ...reply, headers });
    logged.answered.finished = whole && !response.destroyed;
  } else {
    sendPlain(response, message, { ...reply, headers });
    logged.answered.finished = !response.destroyed;
  }
}

/** The rest of the API, as far as clients ask for it. */
function otherAnswer(method: string, path: string, raw: string, models: readonly string[]): RouteAnswer {
  if (method === "POST" && path === "/v1/messages/count_tokens")
    return { body: { input_tokens: Math.ceil(raw.length / 4) } };
  if (method === "GET" && path === "/v1/models") {
    const data = models.map((id) => ({
      type: "model",
      id,
      display_name: id,
      created_at: "2026-01-01T00:00:00Z",
    }));
    return { body: { data, has_more: false, first_id: models[0] ?? null, last_id: models.at(-1) ?? null } };
  }
  if (method === "HEAD" || path === "/") return { body: {} };
  return { status: 404, body: { type: "error", error: { type: "not_found_error", message: "Not found" } } };
}

function sendJson(response: ServerResponse, { status = 200, headers, body }: RouteAnswer): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
