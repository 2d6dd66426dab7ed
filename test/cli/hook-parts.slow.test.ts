import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { appendLog, readLog } from "../../src/hooks/log.ts";
import { locateHooks } from "../../src/hooks/places.ts";
import { askForRefresh, whileWanted } from "../../src/hooks/refresh-marks.ts";
import { appendNote, countFailures, readNotes } from "../../src/hooks/session-notes.ts";
import { startRolecall } from "../helpers/rolecall.ts";
import { NOW, runCli } from "../helpers/run-cli.ts";

let home: string;
let cwd: string;
let env: Record<string, string>;

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "rolecall-parts-")));
  cwd = join(home, "shop-api");
  execFileSync("git", ["init", "-q", cwd]);
  env = {
    HOME: home,
    XDG_STATE_HOME: join(home, "state"),
    XDG_CACHE_HOME: join(home, "cache"),
    CLAUDE_CONFIG_DIR: join(home, ".claude"),
    PATH: process.env["PATH"] ?? "",
  };
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const rolecall = async (...argv: string[]) => {
  const ran = await runCli(argv, { env, cwd });
  expect(ran).toMatchObject({ exit: 0 });
  return ran.out;
};
const write = (path: string, text: string) => {
  const file = join(cwd, path);
  execFileSync("mkdir", ["-p", join(file, "..")]);
  writeFileSync(file, text);
};
const LOCAL = ".claude/settings.local.json";
const read = (path = LOCAL) =>
  existsSync(join(cwd, path)) ? readFileSync(join(cwd, path), "utf8") : undefined;
const call = (agent: string, more: object = {}) =>
  JSON.stringify({
    session_id: "s",
    prompt_id: "p",
    cwd,
    tool_name: "Agent",
    tool_input: { prompt: "secret words", subagent_type: agent },
    ...more,
  });

/** Settings as people have them: another hook on the same event, a status line, odd white space. */
const SETTINGS = [
  undefined,
  "{}",
  '{ "permissions": {"allow": ["Bash(ls:*)"]} }',
  '{\n\t"hooks": {\n\t\t"PreToolUse": [\n\t\t\t{ "matcher": "Bash", "hooks": [{ "type": "command", "command": "true" }] }\n\t\t]\n\t},\n\t"statusLine": { "type": "command", "command": "echo \'it is mine\'", "padding": 0 }\n}\n',
  '{"statusLine":{"type":"command","command":"mine"},"hooks":{"Stop":[]}}\r\n',
];

describe("installing and removing", () => {
  it.each(SETTINGS)("undo, and the options with no-, restore every byte of %j", async (before) => {
    for (const back of [
      ["undo", "--yes"],
      ["init", "--no-hooks", "--no-statusline", "--yes"],
    ]) {
      if (before !== undefined) write(LOCAL, before);
      await rolecall("init", "--hooks", "--statusline", "--yes");
      expect(read()).toContain("hook PreToolUse");
      expect(read()).toContain(before?.includes("mine") ? "statusline --with " : "statusline");
      expect(existsSync(env["XDG_STATE_HOME"] ?? "")).toBe(true);
      await rolecall(...back);
      expect(read()).toBe(before);
      expect(existsSync(join(env["XDG_STATE_HOME"] ?? "", "rolecall"))).toBe(false);
      expect(existsSync(join(cwd, ".claude"))).toBe(before !== undefined);
      expect(existsSync(join(cwd, ".claude/rolecall-undo"))).toBe(false);
      rmSync(join(cwd, ".claude"), { recursive: true, force: true });
    }
  });

  it("twice is the same as once, and an edit in between stays", async () => {
    await rolecall("init", "--hooks", "--statusline", "--yes");
    const once = read();
    expect(await rolecall("init", "--hooks", "--statusline", "--yes")).toContain("Nothing to change.");
    expect(read()).toBe(once);
    write(LOCAL, (once ?? "").replace("{", '{\n  "verbose": true,'));
    await rolecall("init", "--no-hooks", "--no-statusline", "--yes");
    expect(JSON.parse(read() ?? "")).toEqual({ verbose: true });
  });

  it("the user's status line is shown inside the project's, and is not copied when that goes", async () => {
    execFileSync("mkdir", ["-p", env["CLAUDE_CONFIG_DIR"] ?? ""]);
    const users = join(env["CLAUDE_CONFIG_DIR"] ?? "", "settings.json");
    writeFileSync(users, '{"statusLine":{"type":"command","command":"echo mine"}}');
    await rolecall("init", "--statusline", "--yes");
    expect(read()).toContain("statusline --with 'echo mine'");
    write(LOCAL, (read() ?? "").replace("{", '{ "verbose": true,'));
    await rolecall("init", "--no-statusline", "--yes");
    expect(JSON.parse(read() ?? "")).toEqual({ verbose: true });
  });

  it("hooks of the user reach a project with a policy, and take its state along when they go", async () => {
    write("rolecall.yaml", "version: 1\n");
    await rolecall("init", "--user", "--hooks", "--yes");
    const asked = async () =>
      (await runCli(["hook", "PreToolUse"], { env, cwd, stdin: call("Explore") })).out;
    expect(await asked()).toBe("");
    await rolecall("apply", "--yes");
    expect(await asked()).toContain('"model":"haiku"');
    await rolecall("init", "--user", "--no-hooks", "--yes");
    expect(existsSync(join(env["XDG_STATE_HOME"] ?? "", "rolecall"))).toBe(false);
  });

  it("a policy that became invalid does not fail what was written, and hooks go on as before", async () => {
    write("rolecall.yaml", "version: 1\n");
    await rolecall("init", "--hooks", "--yes");
    write("rolecall.yaml", "version: 1\nhooks: { escalate: always }\n");
    const { err, exit } = await runCli(["init", "--statusline", "--yes"], { env, cwd });
    expect([exit, err]).toEqual([0, expect.stringContaining("the hooks go on with what they knew before")]);
    expect((await runCli(["hook", "PreToolUse"], { env, cwd, stdin: call("Explore") })).out).toContain(
      "haiku",
    );
  });

  it("options of a set-up and parts are not mixed", async () => {
    expect((await runCli(["init", "--hooks", "--preset", "frugal"], { env, cwd })).exit).toBe(2);
  });
});

/** Writes the transcript of a session on a model; returns its path. */
function sessionOn(model: string): string {
  const usage = { input_tokens: 10, output_tokens: 10 };
  const message = { id: "msg_1", model, content: [], usage };
  const timestamp = new Date(NOW - 1000).toISOString();
  write(
    "transcript.jsonl",
    `${JSON.stringify({ type: "assistant", timestamp, requestId: "req_1", message })}\n`,
  );
  return join(cwd, "transcript.jsonl");
}

/** Returns the model that a hook puts into a call of an agent. */
const put = async (agent: string, more: object = {}) => {
  const { out } = await runCli(["hook", "PreToolUse"], { env, cwd, stdin: call(agent, more) });
  return out === ""
    ? "left"
    : (JSON.parse(out) as { hookSpecificOutput: { updatedInput: { model: string } } }).hookSpecificOutput
        .updatedInput.model;
};
const agentFile = (name: string, more = "") =>
  write(`.claude/agents/${name}.md`, `---\nname: ${name}\ndescription: Works.\n${more}---\nWork.\n`);

describe("an agent call", () => {
  it("of an agent without a role is left, or routed by its prompt where the policy says so", async () => {
    agentFile("helper");
    write("rolecall.yaml", "version: 1\n");
    await rolecall("init", "--hooks", "--yes");
    expect(await put("helper")).toBe("left");
    write("rolecall.yaml", "version: 1\nhooks: { unknownAgents: route }\n");
    await rolecall("apply", "--yes", "--take");
    expect(["haiku", "sonnet", "opus"]).toContain(await put("helper"));
    agentFile("newer");
    expect(await put("newer")).toBe("left");
  });

  it("is left where availableModels or a deny rule forbids the alias", async () => {
    agentFile("coder");
    write("rolecall.yaml", "version: 1\ngenerate: none\nroles: { implementer: { tier: haiku } }\n");
    write(".claude/settings.json", '{"permissions":{"deny":["Agent(model:haiku)"]}}');
    await rolecall("init", "--hooks", "--yes");
    expect(await put("coder")).toBe(undefined);
    write(".claude/settings.json", "{}");
    await rolecall("init", "--hooks", "--yes");
    expect(await put("coder")).toBe("haiku");
  });
});

/** Returns what an agent runs on, and what is said about hooks. */
const explained = async (agent: string) => {
  const answer = JSON.parse(await rolecall("explain", agent, "--client-version", "2.1.329", "--json")) as {
    model: string;
    effort: string;
    notes: string[];
  };
  return [answer.model, answer.effort, ...answer.notes.filter((note) => note.includes("hook"))];
};

describe("explain", () => {
  it("counts what the hook puts into a call, and names other hooks", async () => {
    write("rolecall.yaml", "version: 1\ngenerate: none\n");
    await rolecall("init", "--hooks", "--yes");
    expect(await explained("Explore")).toEqual([
      "claude-haiku-5-5",
      "low",
      "rolecall's hook puts haiku low into the call: role explorer of the policy (needs).",
    ]);
    const settings = JSON.parse(read() ?? "") as { hooks: { PreToolUse: object[] } };
    settings.hooks.PreToolUse.push({ matcher: "Agent", hooks: [{ type: "command", command: "true" }] });
    write(LOCAL, JSON.stringify(settings));
    expect((await explained("general-purpose")).slice(2)).toEqual([
      "rolecall's hook leaves the call alone: the policy has no role for it.",
      expect.stringMatching(/^A PreToolUse hook of .*settings\.local\.json can change/),
    ]);
    await rolecall("init", "--no-hooks", "--yes");
    expect((await explained("Explore"))[0]).toBe("claude-opus-5-5");
  });
});

const policy = (more = "") =>
  `version: 1\ngenerate: none\nverify: npm test\nroles: { implementer: { tier: haiku }, explorer: { tier: haiku } }\n${more}`;
/** A test run fails; returns what the hook adds. */
const failed = async (more: object = {}) => {
  const stdin = JSON.stringify({
    session_id: "s",
    prompt_id: "p",
    cwd,
    tool_name: "Bash",
    tool_input: { command: "npm test" },
    error: "Exit code 1",
    ...more,
  });
  const { out } = await runCli(["hook", "PostToolUseFailure"], { env, cwd, stdin });
  return out === ""
    ? ""
    : (JSON.parse(out) as { hookSpecificOutput: { additionalContext: string } }).hookSpecificOutput
        .additionalContext;
};

describe("failed verifications", () => {
  it("in the main thread put the next agent up that can change files, until one passes", async () => {
    agentFile("coder");
    write("rolecall.yaml", policy());
    await rolecall("init", "--hooks", "--yes");
    expect([await put("Explore"), await put("coder")]).toEqual(["haiku", "haiku"]);
    expect(await failed()).toBe("");
    expect(await failed({ is_interrupt: true })).toBe("");
    expect(await failed({ tool_input: { command: "ls missing" } })).toBe("");
    expect(await failed()).toBe(
      "rolecall: a verification failed 2 times in this task. The next call of coder runs on sonnet. Give the failing part to it.",
    );
    expect([await put("Explore"), await put("coder")]).toEqual(["haiku", "sonnet"]);
    const passed = JSON.stringify({
      session_id: "s",
      prompt_id: "p",
      cwd,
      tool_name: "Bash",
      tool_input: { command: "npm test" },
    });
    await runCli(["hook", "PostToolUse"], { env, cwd, stdin: passed });
    expect(await put("coder")).toBe("haiku");
  });

  it("of the main thread's own work go to an agent a tier above the session", async () => {
    agentFile("coder");
    write("rolecall.yaml", policy());
    await rolecall("init", "--hooks", "--yes");
    const transcript = { transcript_path: sessionOn("claude-sonnet-5-5") };
    await failed(transcript);
    expect(await failed(transcript)).toContain("The next call of an agent runs on opus.");
    expect([await put("Explore", transcript), await put("coder", transcript)]).toEqual(["haiku", "opus"]);
  });

  it("are only suggested where the policy says so, and reported at the top", async () => {
    agentFile("coder");
    write("rolecall.yaml", policy("hooks: { escalate: suggest }\n"));
    await rolecall("init", "--hooks", "--yes");
    await failed({ agent_type: "coder" });
    expect(await failed({ agent_type: "coder" })).toMatch(
      /call coder with model sonnet. Report what failed to your caller\.$/,
    );
    expect(await put("coder")).toBe("haiku");
    write("rolecall.yaml", policy("escalation: { upTo: haiku }\n"));
    await rolecall("init", "--hooks", "--yes");
    await failed({ agent_type: "coder", prompt_id: "q" });
    expect(await failed({ agent_type: "coder", prompt_id: "q" })).toMatch(
      /does not go up a tier \(haiku is the policy's highest tier\): report/,
    );
  });
});

/** Returns what a hook says to a prompt in a session on Sonnet. */
const say = async (prompt: string, mode = "default") => {
  const stdin = JSON.stringify({
    session_id: "s",
    cwd,
    transcript_path: sessionOn("claude-sonnet-5-5"),
    permission_mode: mode,
    prompt,
  });
  const { out } = await runCli(["hook", "UserPromptSubmit"], { env, cwd, stdin });
  return out === "" ? "" : (JSON.parse(out) as { systemMessage: string }).systemMessage;
};

describe("a prompt", () => {
  it("that looks like work for another tier is commented on only where the policy says so", async () => {
    const hard = "Find the race condition that makes the whole code base lose data in production";
    write("rolecall.yaml", "version: 1\n");
    await rolecall("init", "--hooks", "--yes");
    expect(await say(hard)).toBe("");
    write("rolecall.yaml", "version: 1\nhooks: { promptTier: tell }\n");
    await rolecall("init", "--hooks", "--yes");
    expect(await say(hard)).toMatch(/^rolecall: .+: opus rather than sonnet \(plan mode, or \/model opus\)$/);
    expect(await say("rename a variable in utils.ts")).toMatch(
      /: haiku rather than sonnet \(\/model haiku\)$/,
    );
    expect(await say(hard, "plan")).toBe("");
    expect(readFileSync(locateHooks(env).log, "utf8")).not.toContain("race");
  });
});

describe("what hooks keep", () => {
  it("eight clients at once lose and mix no line of the log", async () => {
    write("rolecall.yaml", "version: 1\n");
    await rolecall("init", "--hooks", "--yes");
    const ran = await Promise.all(
      Array.from(
        { length: 8 },
        () => startRolecall(["hook", "PreToolUse"], { cwd, env, input: call("Explore") }).ended,
      ),
    );
    expect(ran.map(({ exitCode }) => exitCode)).toEqual(Array.from({ length: 8 }, () => 0));
    const log = readFileSync(locateHooks(env).log, "utf8");
    expect(
      log
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { agent: string }).agent),
    ).toEqual(Array.from({ length: 8 }, () => "Explore"));
    expect(log).not.toContain("secret");
  });

  it("the log is bounded, and the latest decisions are there", () => {
    const places = locateHooks(env);
    const why = "y".repeat(10_000);
    for (let at = 0; at < 6000; at++)
      appendLog(places, { at, event: "PreToolUse", session: "s", decision: "left", why });
    const sizes = [places.log, `${places.log}.old`].map(
      (path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0,
    );
    expect(Math.max(...sizes)).toBeLessThan(520 * 1024);
    const kept = readLog(places).map(({ at }) => at);
    expect(kept.at(-1)).toBe(5999);
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => 6000 - kept.length + index));
  });

  it("failures count in one task, since the last pass, and belong to the agent whose work failed", () => {
    const places = locateHooks(env);
    const note = (task: string, kind: "fail" | "pass" | "call", agent = "") =>
      appendNote(places, "s", { task, kind, agent });
    note("one", "fail");
    note("two", "call", "coder");
    note("two", "fail");
    note("two", "pass");
    note("two", "fail");
    note("two", "fail");
    expect(countFailures(readNotes(places, "s", "two"))).toEqual({ count: 2, agent: "coder" });
    expect(countFailures(readNotes(places, "s", "one"))).toEqual({ count: 1, agent: "" });
    expect(countFailures(readNotes(places, "other", "two"))).toEqual({ count: 0, agent: "" });
  });

  it("of many that ask for a refresh one starts it, and what is asked for meanwhile is done", async () => {
    const places = locateHooks(env);
    expect([askForRefresh(places, cwd, NOW), askForRefresh(places, cwd, NOW)]).toEqual([true, false]);
    const rounds: boolean[] = [];
    await whileWanted(places, cwd, async () => {
      rounds.push(rounds.length === 0 && askForRefresh(places, cwd, Date.now()));
    });
    expect(rounds).toEqual([false, false]);
    expect(askForRefresh(places, cwd, NOW)).toBe(true);
    expect(askForRefresh(places, home, NOW)).toBe(true);
  });
});
