import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { priceUsage } from "../../src/models/price.ts";
import { createModelTable } from "../../src/models/resolve.ts";

const VERSION = "2.1.329";
const models = createModelTable();

/** A stream of numbers from 0 to 1 that is the same for the same seed (mulberry32). */
export function createRandom(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (least, most) => least + Math.floor(next() * (most - least + 1));
  const letters = (alphabet, length) =>
    Array.from({ length }, () => alphabet[between(0, alphabet.length - 1)]).join("");
  const hex = (length) => letters("0123456789abcdef", length);
  return {
    next,
    between,
    hex,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
    id: (prefix) => prefix + letters("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789", 22),
  };
}

/**
 * One transcript being written, entry by entry, as Claude Code writes it. `thread` names the file, its session and, for an
 * agent run, the agent; the clock runs from `at` (ms since the epoch).
 */
export function createTranscript(random, { root, project, session, model, effort, at, agent }) {
  const folder = join(root, "projects", project.cwd.replaceAll(/[^A-Za-z0-9]/g, "-"));
  const path = agent
    ? join(folder, session, "subagents", `agent-${agent.id}.jsonl`)
    : join(folder, `${session}.jsonl`);
  const lines = [];
  let parent = null;
  const thread = { at, model, effort, context: agent ? 9000 : 26_000, fresh: true, costNano: 0, prompts: 0 };

  function entry(fields, ms = random.between(300, 1200)) {
    thread.at += ms;
    const uuid = random.uuid();
    const { cwd, branch } = project;
    lines.push(
      JSON.stringify({
        parentUuid: parent,
        isSidechain: agent !== undefined,
        ...(agent && { agentId: agent.id }),
        ...fields,
        uuid,
        timestamp: new Date(thread.at).toISOString(),
        cwd,
        sessionId: session,
        version: VERSION,
        gitBranch: branch,
      }),
    );
    parent = uuid;
    return uuid;
  }

  /** One reply of the API with one block; answers the block. */
  function reply(
    block,
    { tokens = random.between(180, 900), served = thread.model, grow = random.between(900, 3600) } = {},
  ) {
    const usage = nextUsage(tokens, grow);
    const asked = models.find(thread.model);
    thread.costNano += priceUsage(asked, tokensOf(usage), { at: thread.at }) ?? 0;
    entry(
      {
        type: "assistant",
        message: {
          id: random.id("msg_01"),
          role: "assistant",
          model: served,
          content: [block],
          stop_reason: block.type === "tool_use" ? "tool_use" : "end_turn",
          usage,
        },
        requestId: random.id("req_01"),
        requestedModel: thread.model,
        effort: thread.effort,
        ...(agent && { attributionAgent: agent.type }),
      },
      4000 + tokens * random.between(12, 22),
    );
    return block;
  }

  function nextUsage(output, grow) {
    const read = thread.fresh ? 0 : thread.context;
    const written = thread.fresh ? thread.context + grow : grow;
    thread.context += grow;
    thread.fresh = false;
    return {
      input_tokens: random.between(3, 12),
      cache_creation_input_tokens: written,
      cache_read_input_tokens: read,
      output_tokens: output,
      output_tokens_details: { thinking_tokens: Math.floor(output * 0.3) },
      cache_creation: { ephemeral_5m_input_tokens: written, ephemeral_1h_input_tokens: 0 },
    };
  }

  return {
    thread,
    reply,
    /** What the user types, or what an agent is told. */
    prompt(text, { waitMs = random.between(40_000, 240_000), permissionMode = "acceptEdits" } = {}) {
      if (waitMs > 300_000) thread.fresh = true; // the five-minute cache has run out
      const typed = { permissionMode, promptSource: "typed", origin: { kind: "human" } };
      thread.prompts++;
      entry({ type: "user", message: { role: "user", content: text }, ...(agent ? {} : typed) }, waitMs);
    },
    say: (text, options) => void reply({ type: "text", text }, options),
    /** A tool call; answers its id. */
    call: (name, input, options) =>
      reply({ type: "tool_use", id: random.id("toolu_01"), name, input }, options).id,
    /** What a tool call came to. */
    result(id, text, { failed = false, outcome, ms = random.between(200, 9000) } = {}) {
      const block = { tool_use_id: id, type: "tool_result", content: text, is_error: failed };
      const said = outcome ?? (failed ? `Error: ${text}` : undefined);
      const message = { role: "user", content: [block] };
      entry({ type: "user", message, ...(said !== undefined && { toolUseResult: said }) }, ms);
    },
    /** A tool call and its result. */
    tool(name, input, text, options) {
      this.result(this.call(name, input, options), text, options);
    },
    /** A line that the client wrote about itself. */
    system: (subtype, fields) => entry({ type: "system", subtype, isMeta: false, ...fields }),
    /** What the client adds for the model. */
    attachment: (attachment) => entry({ type: "attachment", attachment }, 5),
    /** A slash command and what the client answered. */
    command(name, argument, answer) {
      const echo = `<command-name>${name}</command-name>\n<command-message>${name.slice(1)}</command-message>\n<command-args>${argument}</command-args>`;
      entry({ type: "user", message: { role: "user", content: echo } }, 8000);
      entry({
        type: "user",
        message: { role: "user", content: `<local-command-stdout>${answer}</local-command-stdout>` },
      });
    },
    interrupt() {
      entry(
        {
          type: "user",
          message: { role: "user", content: [{ type: "text", text: "[Request interrupted by user]" }] },
        },
        6000,
      );
    },
    /** Writes the file; a session's own count of its cost comes last, an agent run gets its meta file. */
    write(costNano) {
      if (agent) writeText(path.replace(/\.jsonl$/, ".meta.json"), JSON.stringify(agent.meta));
      else
        lines.push(JSON.stringify({ type: "cost-state", sessionId: session, totalCostUSD: costNano / 1e9 }));
      writeText(path, `${lines.join("\n")}\n`);
    },
  };
}

function tokensOf(usage) {
  return {
    input: usage.input_tokens,
    output: usage.output_tokens,
    thinking: 0,
    cacheWrite5m: usage.cache_creation_input_tokens,
    cacheWrite1h: 0,
    cacheRead: usage.cache_read_input_tokens,
    webSearches: 0,
  };
}

function writeText(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
