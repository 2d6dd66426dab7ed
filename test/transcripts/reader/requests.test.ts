import { describe, expect, it } from "vitest";
import { readBytes } from "../../helpers/reading.ts";
import { readSlowly } from "../../helpers/reference-reader.ts";

type Entry = Record<string, unknown>;

const SESSION = { isSidechain: false, cwd: "/home/dev/shop", sessionId: "s-1", version: "2.1.329" };
const timeOf = (index: number) => new Date(Date.UTC(2026, 10, 20, 9, 0, index)).toISOString();

/** An answer; `index` makes its id and counts. */
function answer(index: number, over: Entry = {}): Entry {
  const usage = {
    input_tokens: index,
    cache_creation_input_tokens: 20 * index,
    cache_read_input_tokens: 1000 + index,
    cache_creation: { ephemeral_5m_input_tokens: 15 * index, ephemeral_1h_input_tokens: 5 * index },
    output_tokens: 7 * index,
    output_tokens_details: { thinking_tokens: index },
    server_tool_use: { web_search_requests: index % 3 },
    service_tier: "standard",
    iterations: [{ type: "message", input_tokens: index, output_tokens: 7 * index }],
  };
  return {
    parentUuid: `p${index}`,
    ...SESSION,
    message: {
      model: "claude-opus-5-5",
      id: `msg_0${index}`,
      role: "assistant",
      content: [{ type: "tool_use", id: `toolu_${index}`, name: "Read", input: {} }],
      stop_reason: index % 2 ? "tool_use" : null,
      usage,
    },
    requestId: `req_0${index}`,
    type: "assistant",
    uuid: `a${index}`,
    timestamp: timeOf(index),
    ...over,
  };
}

/** What clients up to 2.1.1xx write for a sub-agent's answer in the transcript of its caller. */
function echo(index: number, over: Entry = {}): Entry {
  const { parentUuid: _, ...own } = answer(index);
  const { message, requestId, type, uuid, timestamp } = own;
  const inner = { type, timestamp, message, requestId, uuid, ...over };
  const data = { type: "agent_progress", agentId: "a7", prompt: "x", message: inner };
  return {
    parentUuid: "p",
    ...SESSION,
    type: "progress",
    data,
    uuid: `e${index}`,
    timestamp: timeOf(index + 1),
  };
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const transcript = (lines: readonly (Entry | string)[]) =>
  Buffer.from(lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join(""));

function read(lines: readonly (Entry | string)[]) {
  const bytes = transcript(lines);
  const found = readBytes(bytes);
  expect(found).toEqual(readSlowly(bytes));
  return found;
}

describe("requests", () => {
  it("are found with all that belongs to them", () => {
    const { requests } = read([answer(3)]);
    expect(requests).toMatchObject([
      {
        key: "msg_03",
        line: 1,
        at: Date.parse(timeOf(3)),
        stop: "tool_use",
        context: { session: "s-1", served: "claude-opus-5-5", flags: 16 },
        usage: {
          input: 3,
          output: 21,
          thinking: 3,
          cacheWrite5m: 45,
          cacheWrite1h: 15,
          cacheRead: 1003,
          webSearches: 0,
        },
      },
    ]);
  });

  it("come again after others, and count once with their most output", () => {
    const lines = numbers(30).flatMap((index) => [answer(index), ...(index % 3 ? [] : [answer(index - 2)])]);
    expect(read(lines).requests).toHaveLength(30);
  });

  it("may be more than the tables hold, of more contexts and with longer keys", () => {
    const lines = numbers(1500).map((index) =>
      answer(index, {
        gitBranch: `branch-${index}`,
        message: { ...(answer(index)["message"] as Entry), id: `id-${"x".repeat(90)}-${index}` },
      }),
    );
    const { requests, counts } = read(lines);
    expect(requests).toHaveLength(1500);
    expect(counts).toEqual({ understood: 1500 });
  });

  it("belong to the session, folder and branch that they name, in whatever spelling", () => {
    const lines = numbers(60).map((index) =>
      JSON.stringify(
        answer(index, {
          sessionId: `s-${index % 2}`,
          cwd: index % 3 ? String.raw`C:\dev\shop` : "/home/dev/ü",
          ...(index % 5 && { agentId: `a${index % 4}` }),
          ...(index % 7 === 0 && { requestSessionId: `s-${index % 3}` }),
          ...(index % 11 === 0 && { forkedFrom: { sessionId: "s", messageUuid: "m" } }),
        }),
      ).replace("dev", index % 2 ? "dev" : String.raw`\u0064ev`),
    );
    expect(new Set(read(lines).requests.map(({ context }) => context.cwd)).size).toBe(2);
  });

  it("are found in progress entries", () => {
    const { requests } = read([echo(1), echo(2), echo(2, { timestamp: undefined }), answer(2)]);
    expect(requests).toMatchObject([
      { key: "msg_01", at: Date.parse(timeOf(1)), context: { agentId: "a7", session: "s-1", flags: 48 } },
      { key: "msg_02", context: { agentId: "", flags: 16 } },
    ]);
  });

  it("have several bills if an iteration is not a plain message", () => {
    const line = JSON.stringify(answer(4)).replace(
      '"type":"message",',
      '"type":"advisor","model":"claude-haiku-5-5",',
    );
    expect(read([answer(3), line, answer(5)]).requests.map(({ key }) => key)).toEqual([
      "msg_03",
      "msg_04",
      "msg_04+1",
      "msg_05",
    ]);
  });

  it("lose nothing when an error cuts their stream", () => {
    const synthetic = { model: "<synthetic>", role: "assistant", content: [] };
    const cut = answer(9, { message: synthetic, streamCutCause: "x" });
    const { requests } = read([answer(1), answer(2), cut, answer(3, { message: synthetic })]);
    expect(requests.map(({ context }) => context.flags)).toEqual([16, 16 | 8]);
  });
});

describe("an answer with", () => {
  it.each([
    ["a count of more digits than a number holds", '"output_tokens":21', '"output_tokens":9007199254740993'],
    ["a negative count", '"output_tokens":21', '"output_tokens":-21'],
    ["a count with a fraction", '"output_tokens":21', '"output_tokens":21.5'],
    ["a count with an exponent", '"output_tokens":21', '"output_tokens":2e1'],
    ["a count that is a text", '"output_tokens":21', '"output_tokens":"21"'],
    ["a count that is null", '"output_tokens":21', '"output_tokens":null'],
    [
      "a count that is null and not needed",
      '"cache_read_input_tokens":1003',
      '"cache_read_input_tokens":null',
    ],
    ["no split of cache writes", /"cache_creation":\{[^}]*\}/, '"cache_creation":null'],
    ["half a split of cache writes", '"ephemeral_5m_input_tokens":45,', ""],
    ["thinking in another object", '"server_tool_use":{', '"server_tool_use":{"thinking_tokens":99,'],
    ["usage that is a list", /"usage":\{.*?\]\}/, '"usage":[]'],
    ["no message", /"message":/, '"massage":'],
    ["a field twice", '"input_tokens":3,', '"input_tokens":4,"input_tokens":3,'],
    ["usage twice", '"usage":{', '"usage":{"input_tokens":1},"usage":{'],
    ["a name with an escape", '"requestId"', String.raw`"request\u0049d"`],
    ["a time that is none", /"timestamp":"[^"]*"/, '"timestamp":"yesterday"'],
    ["no time", /,"timestamp":"[^"]*"/, ""],
    ["a time in another zone", /"timestamp":"[^"]*"/, '"timestamp":"2026-11-20T09:00:09.000+02:00"'],
    ["another provider's message id", '"msg_03"', '"bdrk_03"'],
    ["an id with a space", '"msg_03"', '"msg 03"'],
    ["a very long id", '"msg_03"', `"msg_${"3".repeat(300)}"`],
    ["no id", '"id":"msg_03"', '"id":""'],
    ["no id of any kind", /"id":"msg_03"|"uuid":"a3"/g, '"x":""'],
    ["an escape in its id", '"msg_03"', String.raw`"msg\u005f03"`],
    ["a request id that is not the API's", '"req_03"', '"none"'],
    ["no request id", '"requestId":"req_03",', ""],
    ["a request id that is a number", '"req_03"', "3"],
    ["an aborted stream", '"requestId"', '"isAbortedMidStream":true,"requestId"'],
    ["an iteration without a type", '"type":"message",', ""],
    ["an iteration that is not an object", '"iterations":[', '"iterations":[null,'],
    [
      "no iterations",
      '"iterations":[{"type":"message","input_tokens":3,"output_tokens":21}]',
      '"iterations":[]',
    ],
    ["a stop reason that nobody knows", '"stop_reason":"tool_use"', '"stop_reason":"out_of_luck"'],
    [
      "a stop reason spelled otherwise",
      '"stop_reason":"tool_use"',
      String.raw`"stop_reason":"tool\u005fuse"`,
    ],
    ["an empty stop reason", '"stop_reason":"tool_use"', '"stop_reason":""'],
    ["a stop reason that is a number", '"stop_reason":"tool_use"', '"stop_reason":0'],
    ["an agent without a name", '"isSidechain":false', '"isSidechain":true,"agentId":""'],
    ["a sidechain that is a text", '"isSidechain":false', '"isSidechain":"true"'],
    ["a working directory that is very long", '"/home/dev/shop"', `"/${"x".repeat(20_000)}"`],
    ["what is nested very deep", '"input":{}', `"input":${"[".repeat(100)}${"]".repeat(100)}`],
    ["a synthetic model in another spelling", '"claude-opus-5-5"', String.raw`"\u003csynthetic>"`],
    ["another role", '"role":"assistant"', '"role":"user"'],
    ["its type spelled otherwise", '"type":"assistant"', String.raw`"type":"\u0061ssistant"`],
  ] as const)("%s is read as a parser reads it", (_, from, to) => {
    const line = JSON.stringify(answer(3));
    const changed = line.replaceAll(
      from instanceof RegExp && !from.global ? new RegExp(from, "g") : from,
      () => to,
    );
    expect(changed).not.toBe(line);
    read([answer(2), changed, answer(4)]);
  });

  it.each([
    ["another type of progress", '"agent_progress"', '"hook_progress"'],
    ["its type spelled otherwise", '"agent_progress"', String.raw`"agent\u005fprogress"`],
    ["an echo that is no answer", '"type":"assistant"', '"type":"user"'],
    ["no agent", '"agentId":"a7",', ""],
    [
      "an echo with a session of its own",
      '"requestId":"req_03"',
      '"requestId":"req_03","sessionId":"other","cwd":"/x","gitBranch":null',
    ],
    ["a synthetic model", '"claude-opus-5-5"', '"<synthetic>"'],
    ["a message beside it", '"type":"progress"', '"message":{"usage":{}},"type":"progress"'],
    ["usage that cannot be read", '"input_tokens":3,"cache', '"input_tokens":-3,"cache'],
  ] as const)("in a progress entry with %s is read as a parser reads it", (_, from, to) => {
    const line = JSON.stringify(echo(3));
    expect(line).toContain(from);
    read([echo(2), line.replace(from, () => to), echo(4)]);
  });
});
