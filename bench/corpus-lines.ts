import type { Random, Texts } from "./random.ts";

/** What a client wrote in its time. */
export interface Era {
  version: string;
  /** Early lines of a message hold a part of its output: everywhere, in sub-agents' files, or nowhere. */
  partial: "everywhere" | "agents" | "nowhere";
  /** The requests themselves are written down (`api-request`, its shape and blobs), and who made each answer. */
  requests: boolean;
  /** Sub-agents' files lie beside the session and have no `.meta.json`. */
  beside: boolean;
  /** The parent's file echoes what its sub-agents say and do, and says how commands and hooks go on. */
  echoes: boolean;
}

/** Two years of clients. */
export const ERAS: readonly Era[] = [
  { version: "1.0.108", partial: "everywhere", requests: false, beside: true, echoes: false },
  { version: "2.0.31", partial: "everywhere", requests: false, beside: true, echoes: false },
  { version: "2.1.44", partial: "everywhere", requests: false, beside: false, echoes: true },
  { version: "2.1.212", partial: "agents", requests: false, beside: false, echoes: false },
  { version: "2.1.329", partial: "nowhere", requests: true, beside: false, echoes: false },
];

/** Where a line stands. */
export interface Thread {
  era: Era;
  session: string;
  cwd: string;
  branch: string;
  nickname: string;
  agentId?: string;
  agentType?: string;
}

export interface Usage {
  input: number;
  output: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
  cacheRead: number;
}

/** A message that the API answered with. */
export interface Message {
  id: string;
  requestId: string;
  model: string;
  usage: Usage;
}

/** Shares as in the histories of real people: most of the bytes are results of tools, and a few of those are very large. */
const IMAGE_SHARE = 0.004;
export const LARGE_RESULT_SHARE = 0.01;

/** A line of a transcript before it is text. */
export type Entry = Record<string, unknown> & { type: string };

/** Makes the entries of a thread, with the fields of its time in the order of its time. */
export function createEntries(thread: Thread, random: Random, texts: Texts) {
  const { era, session, agentId, agentType, cwd, branch, nickname } = thread;
  let parent: string | null = null;

  /** `named` comes before the fields that every entry has, `late` behind its uuid and time. */
  function entry(at: number, type: string, named: object, late: object = {}): Entry {
    const uuid = random.uuid();
    const made = {
      parentUuid: parent,
      isSidechain: agentId !== undefined,
      ...(agentId && { agentId }),
      ...named,
      type,
      uuid,
      timestamp: new Date(at).toISOString(),
      ...late,
      userType: "external",
      entrypoint: "cli",
      cwd,
      sessionId: session,
      version: era.version,
      gitBranch: branch,
      slug: nickname,
    };
    parent = uuid;
    return made;
  }

  /** A few prompts come with a screenshot: one in 250, but 2 to 4 % of the bytes. */
  const prompt = (at: number) => {
    const text = texts.sentence();
    const content = random.chance(IMAGE_SHARE)
      ? [
          { type: "image", source: { type: "base64", media_type: "image/png", data: texts.image() } },
          { type: "text", text },
        ]
      : text;
    return entry(at, "user", { promptId: random.uuid(), message: { role: "user", content } });
  };

  function answer(
    at: number,
    message: Message,
    block: object,
    last: boolean,
    stop: string,
    output: number,
  ): Entry {
    const { id, requestId, model, usage } = message;
    const named = {
      ...(era.requests && agentType && { attributionAgent: agentType }),
      message: {
        model,
        id,
        type: "message",
        role: "assistant",
        content: [block],
        stop_reason: last || era.partial === "nowhere" ? stop : null,
        stop_sequence: null,
        usage: usageJson({ ...usage, output }, era),
      },
      requestId,
    };
    return entry(at, "assistant", named, era.requests ? { effort: "medium", requestedModel: model } : {});
  }

  function toolResult(at: number, id: string, text: string, toolUseResult: object): Entry {
    const message = { role: "user", content: [{ tool_use_id: id, type: "tool_result", content: text }] };
    return entry(at, "user", { message }, { toolUseResult, sourceToolAssistantUUID: parent });
  }

  return { entry, prompt, answer, toolResult };
}

function usageJson({ input, output, cacheWrite5m, cacheWrite1h, cacheRead }: Usage, era: Era): object {
  const own = {
    type: "message",
    input_tokens: input,
    output_tokens: output,
    cache_read_input_tokens: cacheRead,
    cache_creation_input_tokens: cacheWrite5m + cacheWrite1h,
  };
  return {
    input_tokens: input,
    cache_creation_input_tokens: cacheWrite5m + cacheWrite1h,
    cache_read_input_tokens: cacheRead,
    output_tokens: output,
    ...(era.requests && { output_tokens_details: { thinking_tokens: Math.floor(output / 3) } }),
    server_tool_use: { web_search_requests: 0, web_fetch_requests: 0 },
    service_tier: "standard",
    cache_creation: { ephemeral_1h_input_tokens: cacheWrite1h, ephemeral_5m_input_tokens: cacheWrite5m },
    ...(era.requests && { inference_geo: "not_available", iterations: [own], speed: "standard" }),
  };
}

/** What the client of the last era writes about a request before its answer. */
export function requestEntries(
  at: number,
  thread: Thread,
  model: string,
  random: Random,
  texts: Texts,
): Entry[] {
  const common = { sessionId: thread.session, ...(thread.agentId && { agentId: thread.agentId }) };
  const timestamp = new Date(at).toISOString();
  const hash = random.hex(64);
  return [
    { type: "api-request-blob", ...common, hash, message: { role: "user", content: texts.code() } },
    {
      type: "api-request",
      ...common,
      id: random.uuid(),
      timestamp,
      version: thread.era.version,
      querySource: "sdk",
      params: { model, max_tokens: 64000 },
      keep: 3,
      tail: [hash],
    },
  ];
}

/** A line that says it is an answer, for texts to quote. */
export const DECOY = JSON.stringify({
  type: "assistant",
  message: {
    model: "claude-opus-5-5",
    id: "msg_01Quoted",
    content: [],
    stop_reason: null,
    usage: { input_tokens: 99_999, output_tokens: 99_999 },
  },
});

/** A message shown in place of an answer: no request. */
export function syntheticMessage(random: Random): object {
  return {
    message: {
      id: random.uuid(),
      model: "<synthetic>",
      role: "assistant",
      type: "message",
      stop_reason: "stop_sequence",
      stop_sequence: "",
      usage: {
        input_tokens: 0,
        output_tokens: 0,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
      },
      content: [{ type: "text", text: "API Error: 529 Overloaded" }],
    },
    isApiErrorMessage: true,
  };
}
