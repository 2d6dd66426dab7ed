import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createAnthropicSender } from "../../src/executor/anthropic.ts";
import type { ExecutorPolicy } from "../../src/executor/chain.ts";
import { GaveUpError, type RunResult } from "../../src/executor/run.ts";
import { createOpenAiSender } from "../../src/executor/openai.ts";
import { createExecutor, type CreateExecutorOptions } from "../../src/operations/executor.ts";
import type { Sender } from "../../src/executor/sender.ts";

/** A request as it came. */
export interface RawRequest {
  path: string;
  headers: IncomingHttpHeaders;
  body: {
    model: string;
    messages: { role: string; content: unknown }[];
    stream?: boolean;
    [key: string]: unknown;
  };
}

/** One piece of a stream: an event, a pause in ms, or the connection being cut. */
export type RawEvent = { event?: string; data: unknown } | number | "cut" | "hang";

/** An answer to the byte: for what a well-behaved API never does. */
export interface RawReply {
  status?: number;
  headers?: Record<string, string>;
  json?: unknown;
  text?: string;
  events?: readonly RawEvent[];
}

/** A server on 127.0.0.1 that answers every request by a function of it. */
export interface RawApi {
  url: string;
  /** Every request but those of the token counter. */
  requests: RawRequest[];
  /** Models whose token counter was asked. */
  counted: string[];
  close(): Promise<void>;
}

/** Starts a raw API. `count` is what its token counter says; undefined: it has none. */
export async function startRawApi(
  answer: (request: RawRequest) => RawReply,
  count?: number | (() => RawReply),
): Promise<RawApi> {
  const requests: RawRequest[] = [];
  const counted: string[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => void respond());
    async function respond(): Promise<void> {
      const { url: path = "", headers } = incoming;
      const body = JSON.parse(Buffer.concat(chunks).toString("utf8")) as RawRequest["body"];
      const request = { path, headers, body };
      const counts = path.includes("count_tokens");
      if (counts) counted.push(body.model);
      else requests.push(request);
      const reply = counts ? countReply(count) : answer(request);
      const kind = reply.events
        ? "text/event-stream"
        : reply.text === undefined
          ? "application/json"
          : "text/html";
      response.writeHead(reply.status ?? 200, { "content-type": kind, ...reply.headers });
      if (!reply.events) return void response.end(reply.text ?? JSON.stringify(reply.json));
      for (const event of reply.events) {
        if (event === "hang") return;
        if (event === "cut") return void setTimeout(() => response.destroy(), 20);
        if (typeof event === "number") await sleep(event);
        else {
          const name = event.event === undefined ? "" : `event: ${event.event}\n`;
          response.write(
            `${name}data: ${typeof event.data === "string" ? event.data : JSON.stringify(event.data)}\n\n`,
          );
        }
      }
      response.end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    counted,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function countReply(count: number | (() => RawReply) | undefined): RawReply {
  if (typeof count === "function") return count();
  return count === undefined ? { status: 404, json: {} } : { json: { input_tokens: count } };
}

type Fields = Record<string, unknown>;

/** A message of the Messages API; fields that are undefined are left out. */
export function message(model: string, content: string | object[], more: Fields = {}): Fields {
  return {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model,
    content: typeof content === "string" ? [{ type: "text", text: content }] : content,
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: { input_tokens: 100, output_tokens: 50 },
    ...more,
  };
}

/** The events of a message's stream. */
export function eventsOf({ content, stop_reason, usage, ...start }: Fields, startUsage?: Fields): RawEvent[] {
  const event = (type: string, fields: Fields): RawEvent => ({ event: type, data: { type, ...fields } });
  const counts = startUsage ?? (usage && { ...usage, output_tokens: 1 });
  const blocks = (content as { text: string }[]).flatMap(({ text }, index) => [
    event("content_block_start", { index, content_block: { type: "text", text: "" } }),
    event("content_block_delta", { index, delta: { type: "text_delta", text } }),
    event("content_block_stop", { index }),
  ]);
  return [
    event("message_start", { message: { ...start, content: [], stop_reason: null, usage: counts } }),
    ...blocks,
    event("message_delta", { delta: { stop_reason, stop_sequence: null }, usage }),
    event("message_stop", {}),
  ];
}

/** An error of the Messages API. */
export function errorReply(
  status: number,
  type: string,
  headers: Record<string, string> = {},
  text = "made up",
): RawReply {
  return { status, headers, json: { type: "error", error: { type, message: text } } };
}

/** A completion of an OpenAI-compatible endpoint. */
export function completion(content: unknown, more: Fields = {}): Fields {
  return {
    id: "c1",
    model: "m",
    choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content } }],
    usage: { prompt_tokens: 10, completion_tokens: 5 },
    ...more,
  };
}

/** A chunk of such a completion. */
export function chunk(delta: Fields, finish: string | null = null, more: Fields = {}): RawEvent {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return { data: { id: "c1", object: "chat.completion.chunk", model: "m", choices, ...more } };
}

/** The end of a run, in one shape for both ways. */
export type RunEnd = Partial<RunResult> & { reason?: string; cause?: string; trail: string[] };

/** Waits for a run, and returns how it ended. */
export async function endOf(running: Promise<RunResult>): Promise<RunEnd> {
  try {
    const result = await running;
    return { ...result, trail: trailOf(result) };
  } catch (thrown) {
    if (!(thrown instanceof GaveUpError)) throw thrown;
    const { reason, attempts, costUsd, message: text } = thrown;
    return { reason, attempts, costUsd, cause: text, trail: trailOf(thrown) };
  }
}

function trailOf({ attempts }: Pick<RunResult, "attempts">): string[] {
  return attempts.map(({ tier, model, result, failure }) => `${tier ?? model} ${failure ?? result}`);
}

/** Waits of tests are short. */
const FAST = { baseDelayMs: 5, maxDelayMs: 20 } as const;

/** An executor over a raw API, with a step of another provider named `m`. */
export async function createRawExecutor(
  { url }: RawApi,
  policy: ExecutorPolicy<"anthropic" | "openai">,
  options: Partial<CreateExecutorOptions<readonly Sender<"anthropic" | "openai">[]>> = {},
) {
  const sender = [
    createAnthropicSender({ apiKey: "made-up", baseUrl: url }),
    await createOpenAiSender({ apiKey: "made-up", baseUrl: `${url}/v1` }),
  ] as const;
  return createExecutor({ retry: FAST, ...options, policy, sender });
}

/** A step of the OpenAI-compatible endpoint. */
export const OTHER = {
  provider: "openai",
  model: "m",
  contextTokens: 128_000,
  maxOutputTokens: 16_000,
  usdPerMillion: { input: 10, output: 30 },
} as const;
