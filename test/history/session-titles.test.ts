import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { configFile } from "../../src/history/workspace.ts";
import { runCli } from "../helpers/run-cli.ts";
import { writeTree } from "../helpers/tree.ts";

const SESSION = "5e551011-0000-4000-8000-000000000001";
const common = { sessionId: SESSION, cwd: "/home/dev/shop", timestamp: "2026-11-20T10:00:00.000Z" };
const PROMPT = "Why does the flamingo export stop at midnight?";
const LINES = [
  { ...common, type: "user", uuid: "u1", message: { role: "user", content: PROMPT } },
  {
    ...common,
    type: "assistant",
    uuid: "u2",
    requestId: "req_1",
    message: {
      id: "msg_1",
      role: "assistant",
      model: "claude-opus-5-5",
      content: [],
      usage: { input_tokens: 10, output_tokens: 5 },
    },
  },
];

const text = LINES.map((line) => `${JSON.stringify(line)}\n`).join("");

interface Sessions {
  sessions: { title: string | null }[];
}

it("titles are read from transcripts, and outlive them only if the configuration file allows it", async () => {
  const home = writeTree({ [`projects/-home-dev-shop/${SESSION}.jsonl`]: text });
  const transcript = join(home, `projects/-home-dev-shop/${SESSION}.jsonl`);
  const env = {
    CLAUDE_CONFIG_DIR: home,
    ROLECALL_DB: join(home, "store.db"),
    XDG_CONFIG_HOME: join(home, "config"),
  };
  const title = async () => {
    const { out } = await runCli(["sessions", "--json"], { env });
    const page = await runCli(["session", SESSION, "--json"], { env });
    const [only] = (JSON.parse(out) as Sessions).sessions;
    expect(JSON.parse(page.out)).toMatchObject({ title: only?.title });
    return only?.title;
  };
  const isKept = () =>
    ["", "-wal"].some((part) => readFileSync(env.ROLECALL_DB + part, { flag: "a+" }).includes("flamingo"));
  const configure = (titles: boolean) => {
    mkdirSync(dirname(configFile(env)), { recursive: true });
    writeFileSync(configFile(env), `titles: ${titles}\n`);
  };

  expect(await title()).toBe(PROMPT);
  expect(isKept()).toBe(false);
  rmSync(transcript);
  expect(await title()).toBeNull();

  writeFileSync(transcript, text);
  configure(true);
  expect(await title()).toBe(PROMPT);
  expect(isKept()).toBe(true);
  rmSync(transcript);
  expect(await title()).toBe(PROMPT);

  configure(false);
  expect(await title()).toBeNull();
  expect(isKept()).toBe(false);
});
