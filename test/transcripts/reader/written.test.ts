import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { AT, WIDTH } from "../../../src/domain/file-scan.ts";
import { newScanner } from "../../helpers/reading.ts";
import { temporaryFolder } from "../../helpers/spend.ts";

const THINKING = {
  type: "thinking",
  thinking: 'the "cart" \u00fc is \\ empty',
  signature: "EqoB".repeat(90),
};
const TEXT = { signature: "EqoB", type: "text", text: "ends in ], not in }" };
const CALL = {
  type: "tool_use",
  id: "toolu_1",
  name: "Write",
  input: { signature: "stays", lines: [[], {}] },
};

/** `tokens` that are a text are for JSON.parse. */
function answer(id: string, version: string, content: unknown, tokens: number | string = 10): object {
  const message = {
    model: "claude-opus-4-6", id, type: "message", role: "assistant", content, stop_reason: null,
    usage: { input_tokens: tokens, output_tokens: 2 },
  }; // prettier-ignore
  return {
    type: "assistant",
    sessionId: "s",
    version,
    message,
    requestId: "req_1",
    timestamp: "2026-02-10T09:00:00.000Z",
  };
}

/** Returns how many bytes each request of a transcript wrote. */
function writtenIn(lines: readonly object[]): number[] {
  const path = join(temporaryFolder(), "transcript.jsonl");
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const result = newScanner().scan({ path, requests: {} });
  if (result.status !== "read" || !result.requests) throw new Error(result.status);
  const { numbers } = result.requests.scan;
  return Array.from(
    { length: numbers.length / WIDTH },
    (_, row) => numbers[row * WIDTH + AT.written] as number,
  );
}

const lengthOf = (...blocks: object[]) =>
  blocks.reduce((sum, block) => sum + Buffer.byteLength(JSON.stringify(block)), blocks.length - 1);

describe("the length of answers", () => {
  const signatures = THINKING.signature.length + TEXT.signature.length;

  it.each([10, "10"])("is that of their content without signatures (input: %j)", (tokens) => {
    const content = [THINKING, TEXT, CALL];
    const expected = lengthOf(...content) - signatures;
    expect(writtenIn([answer("msg_1", "2.1.32", content, tokens)])).toEqual([expected]);
  });

  it.each([10, "10"])("adds up over the lines of one answer (input: %j)", (tokens) => {
    const lines = [[THINKING], [TEXT], [CALL], "text", []].map((content) =>
      answer("msg_1", "2.1.2", content, tokens),
    );
    expect(writtenIn(lines)).toEqual([lengthOf(THINKING) + lengthOf(TEXT) + lengthOf(CALL) - signatures]);
    expect(writtenIn([...lines, answer("msg_2", "2.1.2", [CALL]), lines[2] as object])[1]).toBe(
      lengthOf(CALL),
    );
  });

  it("is not measured where every count is final", () => {
    const lines = [answer("msg_1", "2.1.332", [THINKING]), answer("msg_2", "2.1.332", [CALL], "10")];
    expect(writtenIn(lines)).toEqual([0, 0]);
  });
});
