import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Conversation, createConversation } from "../helpers/conversation.ts";
import { NOW, runCli } from "../helpers/run-cli.ts";

const DAY_MS = 86_400_000;
const SETTINGS = '{\n  "outputStyle": "terse"\n}\n';
const OPUS = "claude-opus-5-5";
const SONNET = "claude-sonnet-5-5";

let root: string;
let project: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "rolecall-trials-"));
  project = join(root, "project");
  mkdirSync(join(project, ".git"), { recursive: true });
  mkdirSync(join(project, ".claude"));
  writeFileSync(join(project, ".claude/settings.local.json"), SETTINGS);
  mkdirSync(join(root, "home"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A session of edits, one prompt after the other; those that go wrong are corrected. */
function editing(day: number, model: string, prompts: readonly ("right" | "wrong")[]): Conversation {
  const talk = createConversation({
    model,
    start: new Date(NOW + day * DAY_MS).toISOString(),
    cwd: project,
  });
  prompts.forEach((how, prompt) => {
    talk.prompt(100, { text: `Add the ${prompt}th field to the form of the cart.` });
    for (let index = 0; index < 8; index++)
      talk.call({
        name: "Edit",
        input: { file_path: join(project, `f${prompt}-${index}.ts`), old_string: "a", new_string: "b" },
        result: 2_000,
      });
    talk.answer();
    if (how === "wrong") talk.prompt(20, { text: "No, that is wrong. Revert that, it does not work." });
    if (how === "wrong") talk.answer();
  });
  talk.prompt(20, { text: "Thanks, that works. Perfect." });
  talk.answer();
  return talk;
}

function write(talks: readonly Conversation[]): void {
  for (const { session, agentId, lines } of talks) {
    const name = agentId === undefined ? session : `${session}/subagents/agent-${agentId}`;
    const path = join(root, "home/projects/-project", `${name}.jsonl`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  }
}

/** A cheap session that delegates to agents on Opus, once to each. */
function delegating(day: number, types: readonly string[]): Conversation[] {
  const start = new Date(NOW + day * DAY_MS).toISOString();
  const main = createConversation({ model: SONNET, base: 12_000, start, cwd: project });
  main.prompt(50, { text: "Let the agents do their work." });
  const agents = types.map((agentType, index) => {
    main.call({ name: "Agent", input: { subagent_type: agentType, prompt: "Do it." }, result: 200 });
    const agentId = `a${index}${main.session.slice(0, 8)}`;
    const agent = createConversation({
      session: main.session,
      agentId,
      agentType,
      model: OPUS,
      start,
      cwd: project,
    });
    agent.prompt(300, { text: "Do it." });
    for (let step = 0; step < 10; step++)
      agent.call({ name: "Edit", input: { file_path: join(project, `${step}.ts`) }, result: 2_000 });
    agent.answer();
    return agent;
  });
  main.answer();
  return [main, ...agents];
}

const run = (line: string, now = NOW) =>
  runCli(line.split(" "), {
    cwd: project,
    env: { CLAUDE_CONFIG_DIR: join(root, "home"), ROLECALL_DB: join(root, "rolecall.db") },
    now,
  });

const settings = () => readFileSync(join(project, ".claude/settings.local.json"), "utf8");
const list = async (now = NOW) =>
  JSON.parse((await run("recommend --json", now)).out) as {
    changes: { id: string; trial: boolean }[];
    recommendations: { id: string }[];
    endedTrials: { id: string; verdict: string; why: string }[];
  };

describe("a simulated change of models is a trial", () => {
  let listed: { id: string; trial: boolean }[];
  beforeEach(async () => {
    write([-20, -14, -8, -4].map((day) => editing(day, OPUS, ["right", "right"])));
    ({ changes: listed } = await list());
    await run("recommend --apply main-model --yes");
  });

  it("is listed as one, and writes its keys alone", () => {
    expect(listed.find(({ id }) => id === "main-model")).toMatchObject({ trial: true });
    expect(JSON.parse(settings())).toMatchObject({ outputStyle: "terse", model: "opusplan" });
  });

  it("is in force, and no other step is proposed meanwhile", async () => {
    const { changes, recommendations } = await list();
    expect([...changes, ...recommendations].map(({ id }) => id)).not.toContain("main-model");
    expect((await run("recommend")).out).toMatch(/In force here\n.*opusplan/);
  });

  it("is reverted by itself, byte for byte, once the work goes wrong, and is not proposed again", async () => {
    write([2, 4, 6, 8].map((day) => editing(day, SONNET, ["wrong", "wrong", "wrong"])));
    const later = NOW + 10 * DAY_MS;
    const { endedTrials } = await list(later);
    expect(endedTrials).toMatchObject([{ id: "main-model", verdict: "reverted" }]);
    expect(settings()).toBe(SETTINGS);
    expect((await list(later)).changes.map(({ id }) => id)).not.toContain("main-model");
  });

  it("is kept once enough work went well", async () => {
    const well = Array.from({ length: 6 }, () => "right" as const);
    write([2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28].map((day) => editing(day, SONNET, well)));
    const { endedTrials } = await list(NOW + 30 * DAY_MS);
    expect(endedTrials).toMatchObject([{ id: "main-model", verdict: "kept" }]);
    expect(settings()).toContain("opusplan");
  });

  it("is reverted by hand, byte for byte", async () => {
    expect((await run("impact --revert main-model --yes", NOW + 1000)).exit).toBe(0);
    expect(settings()).toBe(SETTINGS);
  });

  it("is undone byte for byte", async () => {
    expect((await run("undo --yes", NOW + 1000)).exit).toBe(0);
    expect(settings()).toBe(SETTINGS);
    expect(existsSync(join(project, ".claude/agents"))).toBe(false);
  });
});

const file = (name: string) => join(project, `.claude/agents/${name}.md`);
const text = (name: string) => `---\nname: ${name}\ndescription: Does its part\n---\nWork.\n`;
const agentFiles = () => ["dev", "reviewer"].map((name) => readFileSync(file(name), "utf8"));

describe("a simulated change of agents", () => {
  it("is one trial for each, which ends by itself and is reverted by its own name", async () => {
    mkdirSync(join(project, ".claude/agents"));
    for (const name of ["dev", "reviewer"]) writeFileSync(file(name), text(name));
    write([-20, -16, -12, -10, -8, -6].flatMap((day) => delegating(day, ["dev", "reviewer"])));
    expect((await list()).changes).toMatchObject([{ id: "agent-model", trial: true }]);
    expect((await run("recommend --apply agent-model --yes")).exit).toBe(0);
    for (const bytes of agentFiles()) expect(bytes).toContain("model: sonnet");
    expect((await list()).changes.map(({ id }) => id)).not.toContain("agent-model");
    expect((await run("impact --revert agent-model-dev --yes", NOW + 1000)).exit).toBe(0);
    expect(agentFiles()).toEqual([text("dev"), expect.stringContaining("model: sonnet")]);
    const { endedTrials } = await list(NOW + 91 * DAY_MS);
    expect(endedTrials).toMatchObject([{ id: "agent-model-reviewer", verdict: "reverted" }]);
    expect(agentFiles()).toEqual([text("dev"), text("reviewer")]);
  });
});
