import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";

/** An escape sequence, a title, the one-character CSI, a direction mark, a backspace, and what CSV has to quote. */
const EVIL = '\u001b[31mred\u001b]0;title\u0007\u009b2J\u202e\b\n\t,"x"';
const SESSION = "11111111-1111-4111-8111-111111111111";

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "rolecall-hostile-"));
  const folder = join(root, "projects/-tmp-x");
  mkdirSync(join(folder, SESSION, "subagents"), { recursive: true });
  writeFileSync(join(folder, `${SESSION}.jsonl`), lines(MAIN));
  writeFileSync(join(folder, SESSION, "subagents/agent-a1.jsonl"), lines(AGENT));
  writeFileSync(join(folder, SESSION, "subagents/agent-a1.meta.json"), JSON.stringify({ agentType: EVIL }));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const lines = (entries: readonly object[]): string =>
  entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
const common = (minute: number, more: object = {}) => ({
  uuid: `u${minute}`,
  timestamp: `2026-11-20T10:${minute}:00Z`,
  sessionId: SESSION,
  cwd: `/tmp/${EVIL}`,
  gitBranch: EVIL,
  effort: EVIL,
  ...more,
});
const prompt = (minute: number, more?: object) => ({
  type: "user",
  promptSource: "typed",
  message: { role: "user", content: `Do it ${minute}` },
  ...common(minute, more),
});
const answer = (minute: number, model: string, more?: object) => ({
  type: "assistant",
  requestedModel: EVIL,
  message: {
    id: `msg_01${minute}`,
    model,
    content: [{ type: "text", text: "Done." }],
    stop_reason: "end_turn",
    usage: { input_tokens: 100_000, output_tokens: 5_000 },
  },
  ...common(minute, more),
});
const AGENT_LINE = { agentId: "a1", isSidechain: true, attributionAgent: EVIL };
const AGENT = [prompt(20, AGENT_LINE), answer(21, "claude-haiku-5-5", AGENT_LINE)];
const MAIN = [
  prompt(10),
  answer(11, "claude-opus-5-5"),
  prompt(12),
  answer(13, `evil${EVIL}`),
  prompt(14),
  {
    type: "system",
    subtype: "model_fallback",
    trigger: EVIL,
    originalModel: EVIL,
    fallbackModel: EVIL,
    ...common(15),
  },
  answer(16, EVIL),
  { type: "system", subtype: "api_error", error: { error: { error: { type: EVIL } } }, ...common(17) },
  {
    type: "assistant",
    isApiErrorMessage: true,
    apiErrorType: EVIL,
    message: { id: "x", model: "<synthetic>", content: [] },
    ...common(18),
  },
  { type: EVIL },
];

const REPORTS = [
  "overview",
  "spend --by model,project,agent,role,effort,branch",
  "spend --reconcile --diagnostics",
  "sessions",
  `session ${SESSION}`,
  "fallbacks --explain",
  "savings",
  "roles",
  "roles --agents",
  "patterns",
  "blocks",
  "recommend",
  "impact",
];
const FORMS = ["", "--csv", "--json"];

it.each(REPORTS.flatMap((report) => FORMS.map((form) => `${report} ${form}`.trim())))(
  "rolecall %s lets no control character out of a transcript reach the terminal",
  async (line) => {
    const place = { env: { CLAUDE_CONFIG_DIR: root, ROLECALL_DB: ":memory:" }, columns: 120 };
    const { out, err, exit } = await runCli(line.split(" "), place);
    expect(exit).toBe(0);
    // oxlint-disable-next-line no-control-regex -- these are what is looked for
    expect(out.replaceAll("\r\n", "\n") + err).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
  },
);

it("names in JSON are exact all the same", async () => {
  const { out } = await runCli(["spend", "--by", "branch", "--json"], {
    env: { CLAUDE_CONFIG_DIR: root, ROLECALL_DB: ":memory:" },
  });
  expect(JSON.parse(out)).toMatchObject({ rows: [{ key: { branch: EVIL } }] });
});
