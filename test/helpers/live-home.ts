import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./spend.ts";

/** One line of a thread; times are ISO. */
interface LiveLine {
  session: string;
  at: string;
  /** Of an agent's own thread. */
  agent?: { id: string; type: string };
}

/** A configuration folder of Claude Code to which sessions write. */
export interface LiveHome {
  folder: string;
  /** Writes an answer of 1,000 input tokens; `stop` null while it is being written. */
  answer(line: LiveLine & { model?: string; stop?: string | null; effort?: string }): void;
  /** Writes an entry of the user: a prompt, a tool result, a command. */
  user(line: LiveLine & { content: unknown; isMeta?: boolean }): void;
  remove(): void;
}

/** Makes an empty configuration folder. */
export function makeLiveHome(): LiveHome {
  const folder = temporaryFolder();
  const project = join(folder, "projects/-home-dev-shop");
  let count = 0;
  const write = ({ session, at, agent }: LiveLine, fields: object): void => {
    const file = agent
      ? join(project, session, "subagents", `agent-${agent.id}.jsonl`)
      : join(project, `${session}.jsonl`);
    mkdirSync(join(file, ".."), { recursive: true });
    const common = {
      timestamp: at,
      sessionId: session,
      cwd: "/home/dev/shop",
      uuid: `u${++count}`,
      ...(agent && { agentId: agent.id, isSidechain: true, attributionAgent: agent.type }),
    };
    appendFileSync(file, `${JSON.stringify({ ...common, ...fields })}\n`);
  };
  return {
    folder,
    answer({ model = "claude-sonnet-5-5", stop = "end_turn", effort, ...line }) {
      const usage = { input_tokens: 1000, output_tokens: 0 };
      const message = { id: `msg_${count}`, role: "assistant", model, content: [], stop_reason: stop, usage };
      write(line, { type: "assistant", requestId: `req_${count}`, message, ...(effort && { effort }) });
    },
    user({ content, isMeta, ...line }) {
      write(line, { type: "user", message: { role: "user", content }, ...(isMeta && { isMeta }) });
    },
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }), // a process that ends may still write
  };
}
