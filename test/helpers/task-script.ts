import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What a task script says should come out, in the order in which its tasks begin. */
export interface Label {
  session: string;
  /** `main` for a turn. */
  agent: string;
  outcome: string;
  complexity: string;
  category: string;
  /** Line of the script, to find it again. */
  at: string;
}

type Json = Record<string, unknown>;

const PROJECT = "/home/dev/shop-api";
const SLUG = "-home-dev-shop-api";
const IDS: Readonly<Record<string, string>> = {
  haiku: "claude-haiku-5-5",
  sonnet: "claude-sonnet-5-5",
  opus: "claude-opus-5-5",
  fable: "claude-fable-5-2",
};
const NAMES: Readonly<Record<string, string>> = {
  haiku: "Haiku 5.5",
  sonnet: "Sonnet 5.5",
  opus: "Opus 5.5",
  fable: "Fable 5.2",
};

/** Writes the transcripts that a script describes, as Claude Code 2.1.329 would have, and returns its labels. */
export function writeTaskScript(script: string, name: string, root: string): Label[] {
  const files = new Map<string, Json[]>();
  const labels: Label[] = [];
  const writer = createWriter(files, labels, name);
  script.split("\n").forEach((line, index) => writer.step(line.replace(/\s+$/, ""), index + 1));
  writer.finish();
  for (const [path, entries] of files) {
    const file = join(root, "projects", SLUG, path);
    mkdirSync(dirname(file), { recursive: true });
    const isMeta = path.endsWith(".meta.json");
    writeFileSync(
      file,
      isMeta ? JSON.stringify(entries[0]) : entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""),
    );
  }
  return labels;
}

interface Thread {
  path: string;
  model: string;
  agentId?: string;
  agentType?: string;
  /** The tool call that started it, and its result once it ends. */
  toolUseId?: string;
  open: boolean;
  asked: boolean;
}

let counter = 0;
/** Each script has a day of its own. */
let day = Date.parse("2026-10-10T09:00:00Z");
const hex = (length: number): string => (++counter).toString(16).padStart(length, "0");
const uuid = (): string => `00000000-0000-4000-8000-${hex(12)}`;

function createWriter(files: Map<string, Json[]>, labels: Label[], name: string) {
  let session = "";
  let clock = (day += 5 * 86_400_000);
  let mode = "default";
  let sdk = false;
  /** As clients of 2.0 and early 2.1 wrote: no stop reason, and no note when a turn ends. */
  let old = false;
  let threads: Thread[] = [];
  let number = 0;
  let announce = false;

  /** What was written for a text of the script. */
  const written = new Map<string, string>();

  /** A real edit puts in more than a line; what it takes back is as it was. */
  function block(file: string, old: string, fresh: string): string {
    if (!written.has(`${file}|${old}`)) written.set(`${file}|${old}`, old);
    const known = written.get(`${file}|${fresh}`);
    if (known !== undefined) return known;
    const lines = Array.from({ length: 14 }, (_, at) => `  ${fresh} // ${file} ${at}`);
    written.set(`${file}|${fresh}`, [fresh, ...lines].join("\n"));
    return written.get(`${file}|${fresh}`) ?? fresh;
  }

  const now = (): Thread => threads.at(-1) as Thread;
  const tick = (ms = 3_000): string => new Date((clock += ms)).toISOString();

  function put(entry: Json, thread = now()): void {
    const lines = files.get(thread.path) ?? [];
    lines.push(entry);
    files.set(thread.path, lines);
  }

  function common(thread = now()): Json {
    return {
      isSidechain: thread.agentId !== undefined,
      ...(thread.agentId !== undefined && { agentId: thread.agentId }),
      uuid: uuid(),
      timestamp: tick(),
      userType: "external",
      entrypoint: sdk ? "sdk-cli" : "cli",
      cwd: PROJECT,
      sessionId: session,
      version: "2.1.329",
      gitBranch: "main",
    };
  }

  function user(content: unknown, more: Json = {}): void {
    put({ parentUuid: null, type: "user", message: { role: "user", content }, ...common(), ...more });
  }

  function system(subtype: string, more: Json): void {
    put({ type: "system", subtype, content: "", level: "info", ...common(), ...more });
  }

  function assistant(blocks: Json[], stop: string): void {
    const thread = now();
    const id = `msg_01${hex(20)}`;
    blocks.forEach((block, index) =>
      put({
        type: "assistant",
        message: {
          id,
          type: "message",
          role: "assistant",
          model: IDS[thread.model],
          content: [block],
          stop_reason: old ? null : stop,
          stop_sequence: null,
          usage: {
            input_tokens: 12,
            output_tokens: 240,
            cache_read_input_tokens: 21_000,
            cache_creation_input_tokens: 900,
            cache_creation: { ephemeral_5m_input_tokens: 900, ephemeral_1h_input_tokens: 0 },
          },
        },
        apiBlockIndex: index,
        requestId: `req_011${hex(18)}`,
        requestedModel: IDS[thread.model],
        effort: "medium",
        ...(thread.agentType !== undefined && { attributionAgent: thread.agentType }),
        ...common(),
      }),
    );
    thread.asked = true;
  }

  function synthetic(more: Json, text: string): void {
    put({
      type: "assistant",
      message: {
        id: uuid(),
        model: "<synthetic>",
        role: "assistant",
        stop_reason: "stop_sequence",
        type: "message",
        usage: { input_tokens: 0, output_tokens: 0 },
        content: [{ type: "text", text }],
      },
      isApiErrorMessage: true,
      ...more,
      ...common(),
    });
  }

  function call(tool: string, input: Json): string {
    const id = `toolu_01${hex(20)}`;
    assistant(
      [
        { type: "text", text: "Next." },
        { type: "tool_use", id, name: tool, input },
      ],
      "tool_use",
    );
    return id;
  }

  function result(id: string, text: string, failed: boolean, more: Json = {}): void {
    user([{ tool_use_id: id, type: "tool_result", content: text, ...(failed && { is_error: true }) }], {
      toolUseResult: failed ? `Error: ${text}` : { stdout: text, stderr: "", interrupted: false },
      permissionDecision: { decision: "accept", source: "config" },
      ...more,
    });
  }

  function refuse(id: string, feedback: string): void {
    const text = "The user doesn't want to proceed with this tool use. The tool use was rejected.";
    result(id, feedback ? `${text} To tell you how to proceed, the user said:\n${feedback}` : text, true, {
      toolUseResult: "User rejected tool use",
      toolDenialKind: "user-rejected",
      toolDenialBeforeRun: true,
      permissionDecision: { decision: "reject", source: "user_reject" },
      ...(feedback && { userFeedback: feedback }),
    });
  }

  /** The last answer of a turn, unless something else has ended it. */
  function close(text = "That is done."): void {
    const thread = threads.at(-1);
    if (!thread?.open) return;
    thread.open = false;
    assistant([{ type: "text", text }], "end_turn");
    if (thread.agentId === undefined && !sdk && !old) system("turn_duration", { durationMs: 4_000 });
  }

  function endProcess(): void {
    put({ type: "cost-state", sessionId: session, totalCostUSD: 0.1, modelUsage: {} });
  }

  function startSession(rest: string): void {
    finish();
    const [title = "", model = "sonnet", ...flags] = rest.split(" ");
    session = `${hex(8)}-0000-4000-8000-000000000000`;
    number = 0;
    sdk = flags.includes("sdk");
    old = flags.includes("old");
    mode = flags.includes("plan") ? "plan" : "default";
    clock += 3_600_000;
    threads = [{ path: `${session}.jsonl`, model, open: false, asked: false }];
    if (!sdk) put({ type: "permission-mode", permissionMode: mode, sessionId: session });
    void title;
  }

  function startAgent(rest: string): void {
    const [, type = "", model = "", prompt = ""] = /^(\S+) (\S+): (.*)$/.exec(rest) ?? [];
    const toolUseId = call("Agent", {
      description: "a job",
      prompt,
      subagent_type: type,
      ...(model !== "inherit" && { model }),
    });
    const agentId = `a${hex(16)}`;
    const parent = now();
    const folder = `${session}/subagents/agent-${agentId}`;
    files.set(`${folder}.meta.json`, [
      { agentType: type, description: "a job", toolUseId, model: IDS[model], spawnDepth: 1 },
    ]);
    threads.push({
      path: `${folder}.jsonl`,
      model: model === "inherit" ? parent.model : model,
      agentId,
      agentType: type,
      toolUseId,
      open: true,
      asked: false,
    });
    user(prompt);
  }

  function endAgent(how: string): void {
    const thread = now();
    if (how === "") close();
    threads.pop();
    const id = thread.toolUseId as string;
    const outcome = {
      status: "completed",
      agentId: thread.agentId,
      agentType: thread.agentType,
      resolvedModel: IDS[thread.model],
      content: [],
    };
    if (how === "failed") result(id, "Agent terminated early due to an API error: 400", true);
    else if (how === "stopped") refuse(id, "");
    else result(id, "The report of the agent.", false, { toolUseResult: outcome });
  }

  const steps: Record<string, (rest: string, at: number) => void> = {
    session: startSession,
    ">": (rest) => {
      close();
      now().open = true;
      if (sdk && number++ > 0 && !announce) endProcess();
      const typed = sdk ? { promptSource: "sdk" } : { promptSource: "typed", origin: { kind: "human" } };
      user(rest.replaceAll("\\n", "\n"), {
        permissionMode: mode,
        ...(!rest.startsWith("<teammate-message") && typed),
      });
      if (announce)
        put({
          type: "attachment",
          attachment: { type: "model", identity: { modelId: IDS[now().model] } },
          ...common(),
        });
      announce = false;
    },
    "=": (rest, at) => {
      const [outcome = "", complexity = "", category = ""] = rest.split(" ");
      labels.push({
        session,
        agent: now().agentType ?? "main",
        outcome,
        complexity,
        category,
        at: `${name}:${at}`,
      });
    },
    says: (rest) => assistant([{ type: "text", text: rest }], "tool_use"),
    answers: (rest) => close(rest),
    read: (rest) => result(call("Read", { file_path: `${PROJECT}/${rest}` }), "1\texport {};", false),
    grep: (rest) => result(call("Grep", { pattern: rest }), "src/cart.js:1", false),
    edit: (rest) => {
      const [file = "", old = "", fresh = ""] = parts(rest);
      const id = call("Edit", {
        file_path: `${PROJECT}/${file}`,
        old_string: written.get(`${file}|${old}`) ?? old,
        new_string: block(file, old, fresh),
      });
      result(id, "The file has been updated successfully.", false);
    },
    "edit-fails": (rest) => {
      const [file = "", old = "", fresh = ""] = parts(rest);
      const id = call("Edit", { file_path: `${PROJECT}/${file}`, old_string: old, new_string: fresh });
      result(id, "<tool_use_error>String to replace not found in file.</tool_use_error>", true);
    },
    write: (rest) => {
      const [file = "", content = ""] = parts(rest);
      const lines = /^\d+ lines$/.test(content)
        ? Array.from(
            { length: Number.parseInt(content, 10) },
            (_, at) => `const value${at} = compute(${at});`,
          ).join("\n")
        : content;
      result(
        call("Write", { file_path: `${PROJECT}/${file}`, content: lines }),
        "File created successfully.",
        false,
      );
    },
    /** run COMMAND :: exit code :: output */
    run: (rest) => {
      const [command = "", exit = "0", output = ""] = parts(rest, / ::(?: |$)/);
      const failed = exit !== "0";
      result(
        call("Bash", { command, description: "Run" }),
        failed ? `Exit code ${exit}\n${output}` : output || "(Bash completed with no output)",
        failed,
      );
    },
    timeout: (rest) =>
      result(call("Bash", { command: rest, description: "Run" }), "Command timed out after 2m 0.0s", true),
    /** In today's client what goes past its limit is moved to the background. */
    moved: (rest) => {
      const task = `b${hex(6)}`;
      const text = `Command did not complete within its 120s timeout and was moved to the background (ID: ${task}).`;
      result(call("Bash", { command: rest, description: "Run" }), text, false, {
        toolUseResult: { stdout: "", backgroundTaskId: task, timedOutAfterMs: 120_000 },
      });
    },
    background: (rest) => {
      const [command = "", exit = "0"] = parts(rest, / ::(?: |$)/);
      const task = `b${hex(6)}`;
      const id = call("Bash", { command, run_in_background: true });
      result(id, `Command running in background with ID: ${task}. Output is being written.`, false, {
        toolUseResult: { stdout: "", backgroundTaskId: task },
      });
      assistant([{ type: "text", text: "Waiting." }], "end_turn");
      user(
        `<task-notification>\n<task-id>${task}</task-id>\n<tool-use-id>${id}</tool-use-id>\n<status>${exit === "0" ? "completed" : exit === "stopped" ? exit : "failed"}</status>\n<summary>Background command "${command}" ${exit === "stopped" ? "was stopped" : `ended (exit code ${exit})`}</summary>\n</task-notification>`,
        { origin: { kind: "task-notification" }, promptSource: "system" },
      );
    },
    refuse: (rest) => {
      const [tool = "Bash", feedback = ""] = parts(rest);
      refuse(
        call(
          tool,
          tool === "Edit"
            ? { file_path: `${PROJECT}/src/cart.js`, old_string: "a", new_string: "b" }
            : { command: "rm -rf dist" },
        ),
        feedback,
      );
    },
    denied: (rest) => {
      const id = call(rest || "Bash", { command: "rm -rf dist" });
      result(
        id,
        "Permission to use Bash has been denied because Claude Code is running in don't ask mode.",
        true,
        { toolDenialKind: "permission-rule", permissionDecision: { decision: "reject", source: "config" } },
      );
    },
    plan: (rest) => {
      const id = call("ExitPlanMode", { plan: "1. Edit\n2. Test" });
      if (rest === "refused") {
        refuse(id, "");
        user([{ type: "text", text: "[Request interrupted by user for tool use]" }]);
        now().open = false;
      } else {
        result(id, "User has approved exiting plan mode. You can now proceed.", false, {
          toolUseResult: { plan: "", isAgent: false },
        });
        mode = "default";
        put({ type: "attachment", attachment: { type: "plan_mode_exit", planFilePath: "" }, ...common() });
      }
    },
    /** A message that the user sends while the work goes on. */
    queued: (rest) => {
      const more = { timestamp: tick(), sessionId: session };
      put({ type: "queue-operation", operation: "enqueue", content: rest, ...more });
      put({ type: "queue-operation", operation: "remove", ...more });
    },
    /** The transcript ends while a tool runs. */
    hangs: (rest) => {
      call("Bash", { command: rest, description: "Run" });
      now().open = false;
    },
    /** The user answers a question of the model in words of their own. */
    "ask-refused": () => refuse(call("AskUserQuestion", { questions: [{ question: "Which one?" }] }), ""),
    mode: (rest) => {
      mode = rest;
    },
    esc: (rest) => {
      assistant([{ type: "text", text: "I will" }], "end_turn");
      user([
        {
          type: "text",
          text:
            rest === "tool" ? "[Request interrupted by user for tool use]" : "[Request interrupted by user]",
        },
      ]);
      now().open = false;
    },
    error: (rest) => {
      const [status = "529", type = "overloaded_error"] = rest.split(" ");
      synthetic(
        { error: "server_error", apiErrorStatus: Number(status), apiErrorType: type },
        `API Error: ${status}`,
      );
      now().open = false;
    },
    hiccup: () =>
      synthetic(
        { error: "server_error", streamCutCause: "server_error" },
        "API Error: Server error mid-response.",
      ),
    retry: (rest) =>
      system("api_error", {
        error: { status: 529, message: '529 {"error":{"type":"overloaded_error"}}' },
        retryAttempt: Number(rest || 1),
        maxRetries: 10,
        retryInMs: 1_100,
      }),
    stop: (rest) => {
      assistant([{ type: "text", text: "and so" }], rest);
      if (rest !== "pause_turn" && rest !== "refusal" && rest !== "max_tokens") return;
      now().open = false;
    },
    "cut-on": () => {
      assistant([{ type: "text", text: "A very long answer that" }], "max_tokens");
      user("Output token limit hit. Resume directly.", { isMeta: true, turnCompanion: true });
    },
    refused: () => {
      system("model_refusal_no_fallback", { originalModel: IDS[now().model] });
      synthetic({ error: "refusal", refusingModel: IDS[now().model] }, "The model refused.");
      now().open = false;
    },
    /** A refused answer after which the client asks another model; for sub-agents nothing else says so. */
    "refused-on": (rest) => {
      assistant([{ type: "text", text: "I" }], "refusal");
      user("Your response above was stopped.", { isMeta: true, refusedMessageId: `msg_01${hex(20)}` });
      now().model = rest;
    },
    fallback: (rest) => {
      system("model_fallback", {
        trigger: "overloaded",
        originalModel: IDS[now().model],
        fallbackModel: IDS[rest],
        level: "warning",
      });
      now().model = rest;
    },
    "/model": (rest) => {
      close();
      now().model = rest === "opusplan" ? "sonnet" : rest;
      user("<local-command-caveat>The command below was run directly.</local-command-caveat>", {
        isMeta: true,
      });
      user(
        `<command-name>/model</command-name>\n<command-message>model</command-message>\n<command-args>${rest}</command-args>`,
      );
      user(
        `<local-command-stdout>Set model to \`${rest === "opusplan" ? "Opus Plan Mode" : NAMES[rest]}\` and saved as your default for new sessions</local-command-stdout>`,
      );
    },
    "/resume": (rest) => {
      close();
      endProcess();
      if (rest) now().model = rest;
    },
    /** The picker on its own key: nothing but the client's word to the model, after the next prompt. */
    picker: (rest) => {
      close();
      now().model = rest;
      announce = true;
    },
    /** The process dies in the middle of a command, and another takes the session up. */
    killed: (rest) => {
      const id = call("Bash", { command: "make" });
      const text = "[Tool call interrupted: the session ended before this call's result was recorded]";
      result(id, text, true, { toolUseResult: text, toolDenialKind: "interrupted" });
      synthetic({ isApiErrorMessage: false }, "No response requested.");
      now().open = false;
      if (!rest) return;
      now().model = rest;
      announce = true;
    },
    "/clear": () => {
      close();
      endProcess();
      const model = now().model;
      startSession(`cleared ${model}`);
      user(
        "<command-name>/clear</command-name>\n<command-message>clear</command-message>\n<command-args></command-args>",
      );
    },
    "!": (rest) => {
      close();
      user(`<bash-input>${rest}</bash-input>`);
      user("<bash-stdout>ok</bash-stdout><bash-stderr></bash-stderr>");
    },
    cancelled: (rest) => {
      close();
      user(rest, { permissionMode: mode, promptSource: "typed", origin: { kind: "human" } });
      user([{ type: "text", text: "[Request interrupted by user]" }]);
    },
    agent: startAgent,
    end: endAgent,
  };

  function finish(): void {
    while (threads.length > 1) endAgent("");
    if (threads.length > 0) close();
  }

  return {
    finish,
    step(line: string, at: number): void {
      const text = line.trim();
      if (text === "" || text.startsWith("#")) return;
      const [word = ""] = text.split(" ");
      const step = steps[word];
      if (!step) throw new Error(`${name}:${at}: unknown step “${word}”`);
      step(text.slice(word.length + 1), at);
    },
  };
}

/** The fields of a step, divided by `|`, or by `::` where a command may hold pipes; `\n` is a line break. */
function parts(rest: string, divider = / \|(?: |$)/): string[] {
  return rest.split(divider).map((part) => part.replaceAll("\\n", "\n"));
}
