import {
  createEntries,
  DECOY,
  type Entry,
  LARGE_RESULT_SHARE,
  type Message,
  requestEntries,
  syntheticMessage,
  type Thread,
  type Usage,
} from "./corpus-lines.ts";
import type { Random, Texts } from "./random.ts";

/** What was spent, by what it is asked for. */
export interface Truth {
  byModelAndDay: Record<string, Sum>;
  bySession: Record<string, Sum>;
  byAgent: Record<string, Sum>;
}
export type Sum = Usage & { requests: number };

/** A file of a made-up session; `path` is relative to the configuration folder. */
export interface CorpusFile {
  path: string;
  text: string;
}

const MAIN_MODELS = ["claude-opus-5-5", "claude-sonnet-5-5", "claude-sonnet-4-6", "claude-opus-4-8"];
const AGENTS: readonly [type: string, model: string][] = [
  ["Explore", "claude-haiku-5-5"],
  ["code-reviewer", "claude-sonnet-5-5"],
  ["test-runner", "claude-haiku-4-5-20251001"],
  ["general-purpose", "claude-opus-5-5"],
];

/** How often a tool call starts a sub-agent, and about how much that writes. */
export interface AgentHabit {
  share: number;
  bytes: number;
}

/** A session to be made up: first what it copies from another one, then its own turns. Counts into `truth`. */
export function createSession(
  thread: Thread,
  random: Random,
  texts: Texts,
  truth: Truth,
  agents: AgentHabit,
) {
  const folder = `projects/${thread.cwd.replaceAll(/[^A-Za-z0-9]/g, "-")}`;
  const agentFiles: CorpusFile[] = [];
  const copied: Entry[] = [];
  const main: Entry[] = [];
  let now = 0;

  /** Turns of a thread until `bytes` are written; sub-agents run in between. */
  function runThread(of: Thread, lines: Entry[], bytes: number, models: readonly string[]): void {
    const make = createEntries(of, random, texts);
    let [written, context] = [0, 12_000];
    const put = (entry: Entry) => {
      lines.push(entry);
      written += JSON.stringify(entry).length;
    };
    const tick = (most: number) => (now += random.between(200, most));
    const resultText = () => (random.chance(LARGE_RESULT_SHARE) ? texts.code().repeat(20) : texts.code());
    do {
      put(make.prompt(tick(60_000)));
      const calls = random.between(1, 8);
      for (let call = 1; call <= calls; call++) {
        const message = newMessage(random, random.pick(models), context);
        context += message.usage.cacheWrite5m + message.usage.cacheWrite1h;
        if (of.era.requests)
          for (const entry of requestEntries(now, of, message.model, random, texts)) put(entry);
        const tools = answer(of, make, put, tick, message, call === calls);
        for (const tool of tools) {
          const agent = of.agentId === undefined && tool.name === "Task" ? runAgent(of, tool) : undefined;
          written += agent?.bytes ?? 0;
          const output = random.chance(0.03) ? DECOY : resultText();
          if (of.era.echoes)
            for (const data of progressOf(tool.name, agent)) put(progress(make, tick(50), tool.id, data));
          put(
            make.toolResult(
              tick(4000),
              tool.id,
              agent ? "done" : output,
              agent?.result ?? { type: "text", file: { content: output } },
            ),
          );
        }
      }
      if (random.chance(0.05)) put(make.entry(tick(100), "assistant", syntheticMessage(random)));
      if (random.chance(0.3))
        put(
          make.entry(tick(100), "attachment", {
            attachment: { type: "skill_listing", content: texts.code() },
          }),
        );
      if (of.agentId === undefined)
        put(make.entry(now, "system", { subtype: "turn_duration", durationMs: 5000 }));
    } while (written < bytes);
  }

  /** The lines of one answer, one per block; returns the tools that it calls. */
  function answer(
    of: Thread,
    make: ReturnType<typeof createEntries>,
    put: (entry: Entry) => void,
    tick: (most: number) => number,
    message: Message,
    last: boolean,
  ): { id: string; name: string; type: string; model: string }[] {
    const tools = last
      ? []
      : Array.from({ length: random.chance(0.1) ? 3 : 1 }, () => newTool(random, agents.share));
    const blocks = [
      ...(random.chance(0.5) ? [{ type: "thinking", thinking: "", signature: texts.signature() }] : []),
      ...(tools.length === 0 || random.chance(0.4)
        ? [{ type: "text", text: `${texts.sentence()} ${random.chance(0.02) ? DECOY : ""}` }]
        : []),
      ...tools.map(({ id, name, type }) => ({
        type: "tool_use",
        id,
        name,
        input: inputOf(name, type, texts.code()),
      })),
    ];
    const partial =
      of.era.partial === "everywhere" || (of.era.partial === "agents" && of.agentId !== undefined);
    const stop = tools.length > 0 ? "tool_use" : "end_turn";
    blocks.forEach((block, index) => {
      const at = tick(3000);
      const final = index === blocks.length - 1;
      if (index === 0) count(truth, of, message, at);
      const output = final || !partial ? message.usage.output : random.between(1, 9);
      put(make.answer(at, message, block, final, stop, output));
    });
    return tools;
  }

  function runAgent(
    parent: Thread,
    { id: toolUseId, type, model }: { id: string; type: string; model: string },
  ) {
    const id = `a${random.hex(16)}`;
    const lines: Entry[] = [];
    runThread({ ...parent, agentId: id, agentType: type }, lines, random.logNormal(agents.bytes, 1), [model]);
    const place = parent.era.beside ? folder : `${folder}/${parent.session}/subagents`;
    const file = { path: `${place}/agent-${id}.jsonl`, text: textOf(lines) };
    agentFiles.push(file);
    if (!parent.era.beside)
      agentFiles.push({
        path: `${place}/agent-${id}.meta.json`,
        text: JSON.stringify({ agentType: type, toolUseId, spawnDepth: 1 }),
      });
    return {
      id,
      lines,
      bytes: file.text.length,
      result: {
        status: "completed",
        agentId: id,
        totalTokens: 5,
        usage: { input_tokens: 7, output_tokens: 7 },
      },
    };
  }

  return {
    /** A fork: the lines of another session under this one's id. */
    copy(lines: readonly Entry[], from: Thread): void {
      const marks = thread.era.requests ? { requestSessionId: from.session } : {};
      copied.push(
        ...lines.map((line) => ({
          ...line,
          sessionId: thread.session,
          ...(line.type === "assistant" && marks),
        })),
      );
    },
    run(start: number, bytes: number): void {
      now = start;
      runThread(
        thread,
        main,
        bytes,
        random.chance(0.3) ? MAIN_MODELS.slice(0, 2) : [random.pick(MAIN_MODELS)],
      );
    },
    firstLines: () => main.slice(0, random.between(1, 40)),
    end: () => now,
    files: (): CorpusFile[] => [
      ...agentFiles,
      {
        path: `${folder}/${thread.session}.jsonl`,
        text: textOf([{ type: "summary", summary: "made up" }, ...copied, ...main]),
      },
    ],
  };
}

function textOf(entries: readonly Entry[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
}

/** What the clients of one era write while a tool runs: whole messages of an agent, and how a command or a hook goes on. */
function progressOf(tool: string, agent: { id: string; lines: readonly Entry[] } | undefined): object[] {
  if (agent)
    return agent.lines
      .filter(({ type }) => type === "user" || type === "assistant")
      .map((line) => echoOf(line, agent.id));
  if (tool === "Bash")
    return Array.from({ length: 3 }, (_, second) => ({
      type: "bash_progress",
      output: "made up\n".repeat(20),
      fullOutput: "made up\n".repeat(60),
      elapsedTimeSeconds: second,
      totalLines: 60,
    }));
  return [
    { type: "hook_progress", hookEvent: "PostToolUse", hookName: `PostToolUse:${tool}`, command: "callback" },
  ];
}

function progress(
  make: ReturnType<typeof createEntries>,
  at: number,
  toolUseId: string,
  data: object,
): Entry {
  return make.entry(at, "progress", { data, toolUseID: toolUseId, parentToolUseID: toolUseId });
}

function echoOf(entry: Entry, agentId: string): object {
  return {
    type: "agent_progress",
    agentId,
    prompt: "",
    message: {
      type: entry.type,
      timestamp: entry["timestamp"],
      message: entry["message"],
      ...(entry["requestId"] !== undefined && { requestId: entry["requestId"] }),
      uuid: entry["uuid"],
    },
  };
}

function newMessage(random: Random, model: string, context: number): Message {
  const written = Math.ceil(Math.min(60_000, random.logNormal(900, 1)));
  const long = random.chance(0.4);
  return {
    id: `msg_01${random.letters(22)}`,
    requestId: `req_011${random.letters(21)}`,
    model,
    usage: {
      input: random.between(1, 20),
      output: Math.ceil(Math.min(16_000, random.logNormal(270, 1))) + 10,
      cacheWrite5m: long ? 0 : written,
      cacheWrite1h: long ? written : 0,
      cacheRead: context,
    },
  };
}

function newTool(random: Random, agentShare: number) {
  const [type, model] = random.pick(AGENTS);
  return {
    id: `toolu_01${random.letters(22)}`,
    name: random.chance(agentShare) ? "Task" : random.pick(["Read", "Bash", "Write", "Grep"]),
    type,
    model,
  };
}

function inputOf(name: string, type: string, code: string): object {
  if (name === "Task") return { description: "made up", prompt: code.slice(0, 200), subagent_type: type };
  if (name === "Bash") return { command: "npm test", description: "Run the tests" };
  return name === "Write"
    ? { file_path: "/tmp/a.ts", content: code }
    : { file_path: "/tmp/a.ts", usage: { output_tokens: 5 } };
}

function count(truth: Truth, thread: Thread, { model, usage }: Message, at: number): void {
  const day = new Date(at).toISOString().slice(0, 10);
  add((truth.byModelAndDay[`${day} ${model}`] ??= nothing()), usage);
  add((truth.bySession[thread.session] ??= nothing()), usage);
  add((truth.byAgent[thread.agentType ?? "main"] ??= nothing()), usage);
}

function add(sum: Sum, usage: Usage): void {
  sum.requests++;
  for (const key of Object.keys(usage) as (keyof Usage)[]) sum[key] += usage[key];
}

function nothing(): Sum {
  return { requests: 0, input: 0, output: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0 };
}
