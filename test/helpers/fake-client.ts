import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What a stand-in for headless Claude Code does and reports. */
export interface FakeClient {
  /** A shell script that does its work, in its folder. MODEL, EFFORT and ARGS are set. */
  work?: string;
  /** Fields that differ from those of a good result; null: it reports none. */
  result?: object | null;
  /** Lines that it prints before its answer: as they are, or as JSON. */
  lines?: readonly (string | object)[];
  /** Megabytes of one more line, such as a file that a tool has read. */
  megabytes?: number;
  /** The model that its answers name; by default the one that it was asked for. */
  served?: string;
}

/** Writes a program that stands in for headless Claude Code, and returns its path. */
export function writeFakeClient(folder: string, fake: FakeClient = {}): string {
  const path = join(folder, "fake-client.mjs");
  writeFileSync(path, `#!${process.execPath}\nconst fake = ${JSON.stringify(fake)};\n${PROGRAM}`);
  chmodSync(path, 0o755);
  return path;
}

const PROGRAM = `
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
readFileSync(0);
const words = process.argv.slice(2);
const valueOf = (name) => words[words.indexOf(name) + 1];
const model = fake.served ?? "claude-" + valueOf("--model") + "-5-5";
const say = (line) => process.stdout.write((typeof line === "string" ? line : JSON.stringify(line)) + "\\n");
say({ type: "system", subtype: "init", model });
try {
  const env = { ...process.env, MODEL: valueOf("--model"), EFFORT: valueOf("--effort"), ARGS: words.join(" ") };
  execFileSync("sh", ["-c", fake.work ?? "true"], { stdio: ["ignore", "inherit", "inherit"], env });
} catch {}
for (const line of fake.lines ?? []) say(line);
if (fake.megabytes) say({ type: "user", message: { content: "y".repeat(fake.megabytes * 1e6) } });
const usage = { input_tokens: 10, output_tokens: 5 };
say({ type: "assistant", parent_tool_use_id: null, message: { id: "msg_1", model, usage } });
const good = {
  type: "result",
  subtype: "success",
  is_error: false,
  result: "Done.",
  total_cost_usd: 0.001,
  modelUsage: { [model]: { inputTokens: 10, outputTokens: 5 } },
};
if (fake.result !== null) say({ ...good, ...fake.result });
`;
