import { expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";
import { writeTree } from "../helpers/tree.ts";

const line = (minute: number, entry: object): string =>
  `${JSON.stringify({ uuid: `u${minute}`, timestamp: `2026-11-20T10:${minute}:00Z`, sessionId: "s", ...entry })}\n`;
const shown = (minute: number, error: string): string =>
  line(minute, {
    type: "assistant",
    isApiErrorMessage: true,
    error,
    message: { id: `m${minute}`, model: "<synthetic>", content: [{ type: "text", text: "API Error" }] },
  });

it("names the errors that the client showed in words, also those of which it knows nothing", async () => {
  const prompt = line(10, { type: "user", message: { role: "user", content: "Do it" } });
  const errors = [shown(11, "unknown"), shown(12, "unknown"), shown(13, "authentication_failed")];
  const root = writeTree({ "projects/-w/s.jsonl": [prompt, ...errors].join("") });
  const { out } = await runCli(["fallbacks", "--all", "--claude-dir", root]);
  expect(out).toContain("2 errors shown, of an unknown kind\n");
  expect(out).toContain("1 error shown: authentication failed\n");
});
