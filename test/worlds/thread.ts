import type { Random } from "../../src/advice/statistics/random.ts";

export interface Usage {
  input: number;
  output: number;
  cacheWrite5m: number;
  cacheRead: number;
}

export interface Assignment {
  model: string;
  effort: string | undefined;
}

/** One transcript being written: entries with the fields and order that the client writes them in. */
export class Thread {
  readonly lines: string[] = [];
  readonly session: string;
  readonly agentId: string;
  at: number;
  #parent: string | null = null;
  readonly #random: Random;
  readonly #agent: string | undefined;
  readonly #common: object;

  constructor(random: Random, options: { cwd: string; at: number; session?: string; agent?: string }) {
    this.#random = random;
    this.#agent = options.agent;
    this.at = options.at;
    this.session = options.session ?? this.#uuid();
    this.agentId = `a${this.#hex(16)}`;
    this.#common = {
      userType: "external",
      entrypoint: "cli",
      cwd: options.cwd,
      sessionId: this.session,
      version: "2.1.329",
      gitBranch: "main",
    };
  }

  /** Time never runs backwards. */
  moveTo(at: number): void {
    this.at = Math.max(this.at + 1000, at);
  }

  prompt(words: string): void {
    this.#entry("user", {
      message: { role: "user", content: words },
      ...(this.#agent
        ? {}
        : { origin: { kind: "human" }, promptSource: "typed", permissionMode: "acceptEdits" }),
    });
  }

  /** `/model opus`, as the client echoes it. */
  command(name: string, value: string): void {
    const content = `<command-name>${name}</command-name>\n<command-message>${name.slice(1)}</command-message>\n<command-args>${value}</command-args>`;
    this.#entry("user", { message: { role: "user", content } });
    const echo = `<local-command-stdout>Set model to ${value}</local-command-stdout>`;
    this.#entry("user", { message: { role: "user", content: echo } });
  }

  /** One answer of the API, a line per block. Returns the uuid of the last line. */
  request(assignment: Assignment, usage: Usage, blocks: readonly object[], stop: string): string {
    const id = `msg_01${this.#hex(22)}`;
    const requestId = `req_011${this.#hex(20)}`;
    blocks.forEach((block, apiBlockIndex) => {
      this.#entry("assistant", {
        message: {
          id,
          type: "message",
          role: "assistant",
          model: assignment.model,
          content: [block],
          stop_reason: stop,
          stop_sequence: null,
          usage: wireUsage(usage),
          stop_details: null,
        },
        apiBlockIndex,
        requestId,
        requestedModel: assignment.model,
        ...(this.#agent && { attributionAgent: this.#agent }),
        ...(assignment.effort && { effort: assignment.effort, perTurnEffort: assignment.effort }),
        madeBy: "model",
      });
    });
    return this.#parent ?? "";
  }

  read(assignment: Assignment, usage: Usage, path: string): void {
    const id = this.#tool(assignment, usage, "Read", { file_path: path });
    const content = "1\texport const total = 0;\n";
    const file = {
      filePath: path,
      content: "export const total = 0;\n",
      numLines: 1,
      startLine: 1,
      totalLines: 1,
    };
    this.#result(id, content, { type: "text", file });
  }

  edit(assignment: Assignment, usage: Usage, path: string): void {
    const [before, after] = [`const a = "${this.#hex(6)}";`, `const a = "${this.#hex(6)}";`];
    const input = { replace_all: false, file_path: path, old_string: before, new_string: after };
    const id = this.#tool(assignment, usage, "Edit", input);
    const hunk = { oldStart: 1, oldLines: 1, newStart: 1, newLines: 1, lines: [`-${before}`, `+${after}`] };
    this.#result(id, `The file ${path} has been updated successfully.`, {
      filePath: path,
      oldString: before,
      newString: after,
      originalFile: `${before}\n`,
      structuredPatch: [hunk],
      userModified: false,
      replaceAll: false,
    });
  }

  bash(assignment: Assignment, usage: Usage, command: string, passes: boolean): void {
    const id = this.#tool(assignment, usage, "Bash", { command, description: "Run the tests" });
    const out = passes ? " Tests  14 passed (14)\n" : " Tests  2 failed | 12 passed (14)\n";
    if (passes) this.#result(id, out, { stdout: out, stderr: "", interrupted: false, isImage: false });
    else this.#result(id, `Exit code 1\n${out}`, `Error: Exit code 1\n${out}`, true);
  }

  /** Calls an agent; returns the id of the call. */
  call(assignment: Assignment, usage: Usage, input: object): string {
    return this.#tool(assignment, usage, "Agent", { ...input, run_in_background: false });
  }

  /** The agent's report comes back. */
  report(callId: string, agent: Thread, resolvedModel: string): void {
    this.#result(callId, [{ type: "text", text: "That is done." }], {
      status: "completed",
      agentId: agent.agentId,
      agentType: agent.#agent,
      resolvedModel,
      content: [{ type: "text", text: "That is done." }],
      totalDurationMs: 1000,
    });
  }

  #tool(assignment: Assignment, usage: Usage, name: string, input: object): string {
    const id = `toolu_01${this.#hex(22)}`;
    this.request(assignment, usage, [{ type: "tool_use", id, name, input }], "tool_use");
    return id;
  }

  #result(id: string, content: unknown, toolUseResult: unknown, isError = false): void {
    const block = { tool_use_id: id, type: "tool_result", content, ...(isError && { is_error: true }) };
    this.#entry("user", { message: { role: "user", content: [block] }, toolUseResult });
  }

  #entry(type: string, fields: object): void {
    const uuid = this.#uuid();
    this.at += 1000;
    const entry = {
      parentUuid: this.#parent,
      isSidechain: this.#agent !== undefined,
      ...(this.#agent !== undefined && { agentId: this.agentId }),
      ...fields,
      type,
      uuid,
      timestamp: new Date(this.at).toISOString(),
      ...this.#common,
    };
    this.lines.push(JSON.stringify(entry));
    this.#parent = uuid;
  }

  #hex(digits: number): string {
    let hex = "";
    while (hex.length < digits)
      hex += Math.floor(this.#random() * 2 ** 32)
        .toString(16)
        .padStart(8, "0");
    return hex.slice(0, digits);
  }

  #uuid(): string {
    return [8, 4, 4, 4, 12].map((digits) => this.#hex(digits)).join("-");
  }
}

function wireUsage({ input, output, cacheWrite5m, cacheRead }: Usage): object {
  return {
    input_tokens: input,
    cache_creation_input_tokens: cacheWrite5m,
    cache_read_input_tokens: cacheRead,
    output_tokens: output,
    server_tool_use: { web_search_requests: 0, web_fetch_requests: 0 },
    service_tier: "standard",
    cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: cacheWrite5m },
    inference_geo: "not_available",
    iterations: [],
    speed: "standard",
  };
}
