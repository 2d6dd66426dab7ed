export const MODEL = "claude-sonnet-5-5";

/** An answer as clients write it. */
export function answer(id: number, output = 50, text = "Done."): string {
  return JSON.stringify({
    parentUuid: null,
    isSidechain: false,
    message: {
      model: MODEL,
      id: `msg_01${id}`,
      type: "message",
      role: "assistant",
      content: [{ type: "text", text }],
      stop_reason: "end_turn",
      stop_sequence: null,
      usage: { input_tokens: 10, output_tokens: output },
    },
    requestId: `req_01${id}`,
    type: "assistant",
    uuid: `u${id}`,
    timestamp: new Date(Date.UTC(2026, 10, 1) + id * 1000).toISOString(),
    cwd: "/home/dev/shop",
    sessionId: "s",
    version: "2.1.329",
  });
}

/** A tool result as clients write it. */
export function toolResult(text: string): string {
  const message = { role: "user", content: [{ tool_use_id: "toolu_1", type: "tool_result", content: text }] };
  return JSON.stringify({
    parentUuid: null,
    message,
    type: "user",
    uuid: "r",
    timestamp: "2026-11-01T00:00:30.000Z",
  });
}
