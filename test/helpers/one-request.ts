import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes a session with one request. */
export function writeSession(root: string, session: string, place: { cwd: string; gitBranch: string }): void {
  const project = join(root, "projects/-tmp-a");
  mkdirSync(project, { recursive: true });
  const line = {
    type: "assistant",
    sessionId: session,
    uuid: `u-${session}`,
    requestId: `r-${session}`,
    timestamp: "2026-11-20T10:00:00.000Z",
    version: "2.1.329",
    ...place,
    message: {
      id: `m-${session}`,
      role: "assistant",
      model: "claude-opus-5-5",
      content: [],
      usage: { input_tokens: 1, output_tokens: 1 },
    },
  };
  writeFileSync(join(project, `${session}.jsonl`), `${JSON.stringify(line)}\n`);
}
