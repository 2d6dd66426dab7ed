import { describe, expect, it } from "vitest";
import { decodeLines, spaced } from "../helpers/decoding.ts";

/** An answer as clients write it, and a tool result; `index` makes their ids and counts. */
function linesOf(index: number, over: Record<string, unknown> = {}): Buffer[] {
  const at = (seconds: number) => new Date(Date.UTC(2026, 10, 20, 9, 0, index * 3 + seconds)).toISOString();
  const session = { isSidechain: false, userType: "external", cwd: "/home/dev/shop", sessionId: "s-1" };
  const usage = {
    input_tokens: index,
    cache_creation_input_tokens: 20 * index,
    cache_read_input_tokens: 1000 + index,
    cache_creation: { ephemeral_5m_input_tokens: 15 * index, ephemeral_1h_input_tokens: 5 * index },
    output_tokens: 7 * index,
    service_tier: "standard",
  };
  const answer = {
    parentUuid: `p${index}`,
    ...session,
    ...over,
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
    timestamp: at(0),
  };
  const result = {
    parentUuid: `a${index}`,
    ...session,
    ...over,
    type: "user",
    message: {
      role: "user",
      content: [{ tool_use_id: `toolu_${index}`, type: "tool_result", content: "text" }],
    },
    uuid: `r${index}`,
    timestamp: at(1),
  };
  return [answer, result].map((entry) => Buffer.from(JSON.stringify(entry)));
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe("lines like one met before", () => {
  it("say what a parser says", () => {
    const lines = numbers(20).flatMap((index) => linesOf(index));
    const decoded = decodeLines(lines);
    expect(decoded).toEqual(decodeLines(lines.map(spaced)));
    expect(decoded.keys.split("\n")).toHaveLength(20);
  });

  it("may be of requests that come again after others", () => {
    const lines = numbers(30).flatMap((index) => [
      ...linesOf(index),
      ...(index % 3 ? [] : linesOf(index - 2)),
    ]);
    const decoded = decodeLines(lines);
    expect(decoded).toEqual(decodeLines(lines.map(spaced)));
    expect(decoded.keys.split("\n")).toHaveLength(30);
  });

  it("may be more than the walker's tables hold", () => {
    const lines = numbers(1500).flatMap((index) => linesOf(index));
    const decoded = decodeLines(lines);
    expect(decoded).toEqual(decodeLines(lines.map(spaced)));
    expect(decoded.keys.split("\n")).toHaveLength(1500);
    expect(decoded.counts).toEqual({ known: 3000 });
  });

  it("may call more tools and end for more reasons than the walker has room for", () => {
    const lines = numbers(400).flatMap((index) =>
      linesOf(index).map((line) =>
        Buffer.from(
          line
            .toString()
            .replace('"name":"Read"', `"name":"mcp__tool_${index % 200}"`)
            .replace('"stop_reason":"tool_use"', `"stop_reason":"reason_${index % 40}"`),
        ),
      ),
    );
    const decoded = decodeLines(lines);
    expect(decoded).toEqual(decodeLines(lines.map(spaced)));
    expect(new Set(decoded.contexts.map(({ stop }) => stop)).size).toBe(21);
  });

  it("may have several blocks each, and calls among them", () => {
    const call = { type: "tool_use", id: "toolu_x", name: "Bash", input: { command: "npm test" } };
    const block = JSON.stringify(call);
    const lines = numbers(12).flatMap((index) =>
      linesOf(index).map((line) =>
        Buffer.from(
          line
            .toString()
            .replace('"content":[{"type":"tool_use"', () =>
              index % 3
                ? `"content":[{"type":"text","text":"so"},${block},{"type":"tool_use"`
                : `"content":[{"type":"tool_use"`,
            ),
        ),
      ),
    );
    const decoded = decodeLines(lines);
    expect(decoded).toEqual(decodeLines(lines.map(spaced)));
    expect(decoded.events.filter(({ kind }) => kind === "shell")).toHaveLength(8);
  });

  it("belong to the session, folder and branch that they name, in whatever order those change", () => {
    const lines = numbers(60).flatMap((index) =>
      linesOf(index, {
        sessionId: `s-${index % 2}`,
        cwd: `/home/dev/${"é".repeat(index % 3)}shop`,
        ...(index % 5 && { agentId: `a${index % 4}` }),
        ...(index % 7 === 0 && { requestSessionId: `s-${index % 3}` }),
      }),
    );
    expect(decodeLines(lines)).toEqual(decodeLines(lines.map(spaced)));
  });

  it("may change more often than shapes can be kept", () => {
    const lines = numbers(120).flatMap((index) => linesOf(index, { gitBranch: `branch-${index % 40}` }));
    const decoded = decodeLines(lines);
    expect(decoded).toEqual(decodeLines(lines.map(spaced)));
    expect(new Set(decoded.contexts.map(({ branch }) => branch)).size).toBe(40);
  });

  it.each([
    ["a count of more digits than a number holds", '"output_tokens":21', '"output_tokens":9007199254740993'],
    ["a negative count", '"output_tokens":21', '"output_tokens":-21'],
    ["a count with a fraction", '"output_tokens":21', '"output_tokens":21.5'],
    ["a time that is none", /"timestamp":"[^"]*"/, '"timestamp":"yesterday"'],
    ["a letter in its time", /"timestamp":"2026-11/, '"timestamp":"2026-1x'],
    ["an hour that no day has", /T09:00/, "T29:00"],
    ["a time in another zone", /"timestamp":"[^"]*"/, '"timestamp":"2026-11-20T09:00:09.000+02:00"'],
    ["another provider's message id", '"msg_03"', '"msg_bdrk_03"'],
    ["a request id that is none", '"req_03"', '"none"'],
    ["a field that no line had before", '"requestId"', '"isAbortedMidStream":true,"requestId"'],
    ["several bills", '"service_tier"', '"iterations":[{"type":"message","output_tokens":5}],"service_tier"'],
    ["an escape in an id", '"toolu_3"', String.raw`"toolu\u005f3"`],
  ] as const)("and one with %s among them is read as a parser reads it", (_, from, to) => {
    const lines = numbers(6).flatMap((index) => linesOf(index));
    const changed = lines.map((line, index) =>
      index === 4 ? Buffer.from(line.toString().replace(from, to)) : line,
    );
    expect(changed).not.toEqual(lines);
    expect(decodeLines(changed)).toEqual(decodeLines(changed.map(spaced)));
  });

  it.each([
    ["a stop reason that is a number", /"stop_reason":(?:null|"tool_use")/, '"stop_reason":0'],
    ["no request id", /"requestId":"[^"]*"/, '"requestId":""'],
    ["an agent without a name", '"isSidechain":false', '"isSidechain":true,"agentId":""'],
  ] as const)("and what is learned from one with %s holds for no other", (_, from, to) => {
    const odd = numbers(8).flatMap((index) =>
      linesOf(index, index % 2 ? {} : { isSidechain: true, agentId: "a1" }).map((line) =>
        Buffer.from(index < 3 ? line.toString().replace(from, to) : line),
      ),
    );
    const lines = [...odd, ...numbers(9).flatMap((index) => linesOf(index + 10))];
    expect(decodeLines(lines)).toEqual(decodeLines(lines.map(spaced)));
  });
});
