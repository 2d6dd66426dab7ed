import { expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";
import { writeTree } from "../helpers/tree.ts";

const common = { sessionId: "5e551011", cwd: "/home/dev/shop", timestamp: "2026-11-20T10:00:00.000Z" };
const entries = [
  { type: "user", uuid: "1", message: { role: "user", content: "Add a limit." } },
  {
    type: "system",
    subtype: "api_error",
    uuid: "2",
    error: { connection: { code: "ECONNRESET" } },
    retryAttempt: 1,
    retryInMs: 500,
  },
  {
    type: "assistant",
    uuid: "3",
    requestId: "req_1",
    message: {
      id: "msg_1",
      role: "assistant",
      model: "claude-opus-5-5",
      content: [],
      usage: { input_tokens: 9, output_tokens: 9 },
    },
  },
];
const home = writeTree({
  "projects/-home-dev-shop/5e551011.jsonl": entries
    .map((entry) => `${JSON.stringify({ ...common, ...entry })}\n`)
    .join(""),
});

it.each([
  ["fallbacks", "1 retry after connection error ECONNRESET (waited 500ms)"],
  ["spend --by effort", /^not recorded +1 /m],
])("%s puts what the client did not name into words", async (command, text) => {
  const { out } = await runCli([...command.split(" "), "--db", ":memory:"], {
    env: { CLAUDE_CONFIG_DIR: home },
  });
  expect(out).toMatch(text);
});
