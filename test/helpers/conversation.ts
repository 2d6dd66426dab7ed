import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LedgerThread } from "../../src/domain/ledger-input.ts";
import { createModelTable } from "../../src/models/resolve.ts";
import { threadsIn } from "./ledger.ts";

/** How a conversation is set up. Tokens. */
export interface Setup {
  model?: string;
  /** How long the cache is kept. */
  lifetime?: "5m" | "1h";
  /** System prompt, tools and memory. */
  base?: number;
  /** What stays in the cache whatever happens: system prompt and tools. */
  survives?: number;
  /** Other sessions keep the system prompt in the cache. */
  warm?: boolean;
  /** The context is compacted before a request once it is longer. */
  compactAt?: number;
  /** Day and time of the first prompt. */
  start?: string;
  agentId?: string;
  agentType?: string;
  session?: string;
  cwd?: string;
}

/** One tool call with its result, in tokens. */
export interface Call {
  name?: string;
  input?: Record<string, unknown>;
  result?: number;
}

const CHARACTERS_PER_TOKEN = 3.5;
const SUMMARY = 10_000;
const SUMMARY_OUTPUT = 3_000;
const LIFETIME_MS = { "5m": 300_000, "1h": 3_600_000 } as const;

/** Characters that are about so many tokens to the models of these tests. */
function textOf(tokens: number): string {
  return "x".repeat(Math.round(tokens * CHARACTERS_PER_TOKEN));
}

let sessions = 0;

/**
 * Plays Claude Code: keeps a context and a cache, and writes the transcript that the client would have written. Every token
 * of content is known, so is what the cache held.
 */
export function createConversation(setup: Setup = {}) {
  const {
    lifetime = "1h",
    base = 30_000,
    survives = 18_000,
    compactAt = Infinity,
    agentId,
    agentType,
  } = setup;
  const session = setup.session ?? `${String(++sessions).padStart(8, "0")}-0000-4000-8000-000000000000`;
  const lines: object[] = [];
  let model = setup.model ?? "claude-opus-4-5-20251101";
  let at = Date.parse(setup.start ?? "2026-01-05T09:00:00Z");
  let context = base;
  let cached = setup.warm ? survives : 0;
  let usedAt = at;
  let number = 0;
  /** Tokens of compactions, which leave no line. */
  const unseen: { model: string; read: number; output: number }[] = [];

  const write = (entry: object): void => {
    lines.push({
      ...entry,
      uuid: `${session.slice(0, 24)}${agentId ?? "main"}${++number}`,
      timestamp: new Date(at).toISOString(),
      sessionId: session,
      isSidechain: agentId !== undefined,
      ...(agentId !== undefined && { agentId, attributionAgent: agentType }),
      cwd: setup.cwd ?? "/home/dev/shop",
      version: "2.1.100",
      gitBranch: "main",
    });
  };
  const said = (content: unknown, tokens: number, more: object = {}): void => {
    write({ type: "user", message: { role: "user", content }, ...more });
    context += tokens;
  };
  const compact = (): void => {
    unseen.push({ model, read: context, output: SUMMARY_OUTPUT });
    write({ type: "system", subtype: "compact_boundary", compactMetadata: { preTokens: context } });
    context = base;
    cached = Math.min(cached, survives);
    said(
      `This session is being continued from a previous conversation${textOf(SUMMARY).slice(60)}`,
      SUMMARY,
      {
        isCompactSummary: true,
      },
    );
  };
  const request = (output: number, calls: readonly Call[]): void => {
    at += 10_000;
    if (at - usedAt > LIFETIME_MS[lifetime]) cached = Math.min(cached, survives);
    usedAt = at;
    const read = Math.min(cached, context);
    const written = context - read;
    cached = context;
    const id = `msg_01${session.slice(0, 8)}${agentId ?? ""}${String(++number).padStart(6, "0")}`;
    const content = calls.map(({ name = "Read", input = {} }, index) => ({
      type: "tool_use",
      id: `${id}-${index}`,
      name,
      input,
    }));
    write({
      type: "assistant",
      requestId: `req_${id}`,
      message: {
        id,
        type: "message",
        role: "assistant",
        model,
        stop_reason: calls.length > 0 ? "tool_use" : "end_turn",
        content: content.length > 0 ? content : [{ type: "text", text: textOf(output) }],
        usage: {
          input_tokens: 0,
          output_tokens: output,
          cache_read_input_tokens: read,
          cache_creation_input_tokens: written,
          cache_creation: {
            ephemeral_5m_input_tokens: lifetime === "5m" ? written : 0,
            ephemeral_1h_input_tokens: lifetime === "1h" ? written : 0,
          },
        },
      },
    });
    context += output;
    calls.forEach(({ result = 0 }, index) => {
      at += 1_000;
      const block = { type: "tool_result", tool_use_id: `${id}-${index}`, content: textOf(result) };
      said([block], result);
    });
  };

  return {
    session,
    agentId,
    lines,
    unseen,
    get context() {
      return context;
    },
    prompt(tokens: number, more: { image?: boolean; text?: string } = {}) {
      if (context > compactAt) compact();
      const text = more.text ?? textOf(tokens);
      const image = { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } };
      said(more.image ? [image, { type: "text", text }] : text, tokens + (more.image ? 1_500 : 0));
    },
    /** Text of another origin than a person. */
    told(text: string, tokens: number, more: object = {}) {
      said(`${text}${textOf(tokens).slice(text.length)}`, tokens, more);
    },
    mark: write,
    call(...calls: Call[]) {
      if (context > compactAt) compact();
      request(100 * calls.length, calls);
    },
    answer(output = 200) {
      if (context > compactAt) compact();
      request(output, []);
    },
    pause(minutes: number) {
      at += minutes * 60_000;
    },
    /** Everything but the system prompt is lost from the cache. */
    lose() {
      cached = Math.min(cached, survives);
    },
    switchTo(id: string) {
      model = id;
      cached = 0;
    },
    compact,
    /** Goes back to an earlier state of the conversation, which is not in the cache any more. */
    rewindTo(tokens: number) {
      context = tokens;
      cached = Math.min(cached, survives);
    },
  };
}

export type Conversation = ReturnType<typeof createConversation>;

/** Writes conversations as transcripts and reads them back as threads. */
export function threadsOf(
  conversations: readonly Conversation[],
  extra: Readonly<Record<string, readonly object[]>> = {},
): LedgerThread[] {
  return withThreads(conversations, (threads) => threads, extra);
}

/** Does something with the threads of conversations while their transcripts are there. */
export function withThreads<Result>(
  conversations: readonly Conversation[],
  use: (threads: LedgerThread[]) => Result,
  extra: Readonly<Record<string, readonly object[]>> = {},
): Result {
  const root = mkdtempSync(join(tmpdir(), "rolecall-ledger-"));
  try {
    const folder = join(root, "projects/-home-dev-shop");
    mkdirSync(folder, { recursive: true });
    const files = new Map<string, object[]>(Object.entries(extra).map(([name, lines]) => [name, [...lines]]));
    for (const { session, agentId, lines } of conversations) {
      const name = agentId === undefined ? session : `${session}/subagents/agent-${agentId}`;
      files.set(name, [...(files.get(name) ?? []), ...lines]);
    }
    for (const [name, lines] of files) {
      const path = join(folder, `${name}.jsonl`);
      mkdirSync(join(path, ".."), { recursive: true });
      writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    }
    return use(threadsIn([root], createModelTable()));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
