import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the server did with one piece of work, known by the number in its prompt. */
export interface ServerReport {
  requests: number;
  faults: number;
  /** Work that was answered well more than once. */
  twice: number;
  /** Work that was answered well. */
  done: number;
  /** Requests to the first model while its outage lasted. */
  duringOutage: number;
  /** Tokens that the answers said, those of broken streams too. */
  inputTokens: number;
  outputTokens: number;
}

export type ServerOrder =
  | {
      order: "reset";
      faultShare: number;
      seed?: number;
      outageAt?: number;
      outageMs?: number;
      hangs?: boolean;
    }
  | { order: "report" };

/** An API in a process of its own: every answer takes `ANSWER_MS`, a share of them goes wrong in six ways. */
const ANSWER_MS = 100;
const FAULTS = ["529", "500", "429", "408", "cut", "half"] as const;

const NOTHING: ServerReport = {
  requests: 0,
  faults: 0,
  twice: 0,
  done: 0,
  duringOutage: 0,
  inputTokens: 0,
  outputTokens: 0,
};

let faultShare = 0;
let hangs = false;
let outage = { at: Infinity, ms: 0, until: 0 };
let report: ServerReport = { ...NOTHING };
let done = new Set<string>();
// The same faults in every run: a small generator (mulberry32) instead of chance.
let seed = 1;
function random(): number {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

interface Asked {
  model: string;
  stream?: boolean;
  messages: { content: string }[];
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const asked = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Asked;
    if (hangs) report.requests++;
    else setTimeout(() => answer(asked, response), ANSWER_MS);
  });
});

function answer(asked: Asked, response: ServerResponse): void {
  report.requests++;
  if (report.requests === outage.at) outage.until = Date.now() + outage.ms;
  const out = asked.model.includes("sonnet") && Date.now() < outage.until;
  if (out) report.duringOutage++;
  const fault = out
    ? "529"
    : random() < faultShare
      ? FAULTS[Math.floor(random() * FAULTS.length)]
      : undefined;
  if (fault !== undefined) {
    report.faults++;
    return fail(fault, asked, response);
  }
  const work = asked.messages[0]?.content ?? "";
  if (done.has(work)) report.twice++;
  done.add(work);
  report.done = done.size;
  if (asked.stream) stream(asked, response, true);
  else respond(response, 200, messageOf(asked, "end_turn", [{ type: "text", text: "Done." }]));
  report.outputTokens += OUTPUT_TOKENS;
}

function fail(fault: string, asked: Asked, response: ServerResponse): void {
  if (fault === "cut" || (fault === "half" && !asked.stream)) return void response.destroy();
  if (fault === "half") {
    report.outputTokens += 1;
    return stream(asked, response, false);
  }
  const type = fault === "529" ? "overloaded_error" : fault === "429" ? "rate_limit_error" : "api_error";
  respond(response, Number(fault), { type: "error", error: { type, message: "injected" } });
}

function respond(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

function stream(asked: Asked, response: ServerResponse, whole: boolean): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (type: string, fields: object): void =>
    void response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`);
  send("message_start", { message: messageOf(asked, null, []) });
  send("content_block_start", { index: 0, content_block: { type: "text", text: "" } });
  send("content_block_delta", { index: 0, delta: { type: "text_delta", text: "Done." } });
  // What was written has to be on the wire before the connection is dropped.
  if (!whole) return void response.write("\n", () => setImmediate(() => response.destroy()));
  send("content_block_stop", { index: 0 });
  send("message_delta", {
    delta: { stop_reason: "end_turn", stop_sequence: null },
    usage: { output_tokens: OUTPUT_TOKENS },
  });
  send("message_stop", {});
  response.end();
}

const [INPUT_TOKENS, OUTPUT_TOKENS] = [12, 20];

function messageOf({ model }: Asked, stopReason: string | null, content: object[]): object {
  report.inputTokens += INPUT_TOKENS;
  const usage = { input_tokens: INPUT_TOKENS, output_tokens: stopReason ? OUTPUT_TOKENS : 1 };
  const id = `msg_${report.requests}`;
  return { id, type: "message", role: "assistant", model, content, stop_reason: stopReason, usage };
}

process.on("message", (order: ServerOrder) => {
  if (order.order === "report") {
    process.send?.(report);
    return;
  }
  faultShare = order.faultShare;
  hangs = order.hangs ?? false;
  outage = { at: order.outageAt ?? Infinity, ms: order.outageMs ?? 0, until: 0 };
  report = { ...NOTHING };
  [done, seed] = [new Set(), order.seed ?? 1];
  process.send?.(report);
});

server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
