import { expect, it } from "vitest";
import { answer } from "../helpers/lines.ts";
import { runCli } from "../helpers/run-cli.ts";
import { writeTree } from "../helpers/tree.ts";

const common = { sessionId: "s", cwd: "/home/dev/shop", timestamp: "2026-11-01T00:00:00.000Z" };
const prompt = { ...common, type: "user", uuid: "1", message: { role: "user", content: "Add a limit." } };
const failure = { connection: { code: "ECONNRESET" } };
const retry = { ...common, type: "system", subtype: "api_error", uuid: "2", error: failure, retryInMs: 500 };
const home = writeTree({
  "projects/-home-dev-shop/s.jsonl": `${JSON.stringify(prompt)}\n${JSON.stringify(retry)}\n${answer(1)}\n`,
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
