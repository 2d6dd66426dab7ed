import type { Failure } from "../domain/attempt.ts";
import { fromUsd, type NanoUsd } from "../domain/money.ts";
import { NO_USAGE, type Usage } from "../domain/usage.ts";
import { classify } from "../executor/classify.ts";

/** What one headless run of Claude Code said about itself. */
export interface ClientReport {
  ended: "done" | "refused" | "failed" | "over-budget" | "cut-off";
  failure?: Failure;
  status?: number;
  /** Its last words, or the error. */
  text: string;
  /** The model that answered first on the main thread. */
  servedModel?: string;
  usage: Usage;
  /** The client's own count: it knows calls that leave no line in a transcript. Undefined where it was cut off. */
  costNano?: NanoUsd;
}

/** Reads `--output-format stream-json` line by line. */
export interface ReportReader {
  readLine(line: string): void;
  report(): ClientReport;
}

/** A reader for one run; lines that are no JSON, or of kinds it does not need, are passed over. */
export function createReportReader(): ReportReader {
  let servedModel: string | undefined;
  let result: ResultLine | undefined;
  const answers = new Map<string, Record<string, unknown>>();
  return {
    readLine(line) {
      const entry = parseLine(line);
      if (entry?.["type"] === "result") result = entry;
      if (entry?.["type"] !== "assistant") return;
      const { id, model, usage } = (entry["message"] ?? {}) as {
        id?: string;
        model?: string;
        usage?: object;
      };
      if (!id || !model || model === "<synthetic>") return;
      if (entry["parent_tool_use_id"] === null) servedModel ??= model;
      answers.set(id, { ...usage });
    },
    report: () => ({
      ...(result ? reportOf(result) : cutOff([...answers.values()])),
      ...(servedModel !== undefined && { servedModel }),
    }),
  };
}

interface ResultLine {
  subtype?: string;
  is_error?: boolean;
  stop_reason?: string | null;
  terminal_reason?: string;
  result?: string;
  errors?: string[];
  api_error_status?: number | null;
  api_error_type?: string | null;
  total_cost_usd?: number;
  modelUsage?: Record<string, Record<string, number>>;
}

function reportOf(result: ResultLine): ClientReport {
  const common = {
    text: result.result ?? result.errors?.join("; ") ?? "",
    usage: sum(Object.values(result.modelUsage ?? {}).map(usageOfModel)),
    costNano: fromUsd(result.total_cost_usd ?? 0),
  };
  if (!result.is_error) return { ...common, ended: "done" };
  if (result.subtype === "error_max_budget_usd") return { ...common, ended: "over-budget" };
  if (result.stop_reason === "refusal") return { ...common, ended: "refused" };
  if (result.terminal_reason?.startsWith("aborted")) return { ...common, ended: "cut-off" };
  const status = result.api_error_status ?? undefined;
  const type = result.api_error_type ?? undefined;
  // Without a status it was the connection, or the client's own limits: another model may still manage.
  const failure =
    status === undefined
      ? "connection"
      : classify({ kind: "http", status, ...(type !== undefined && { type }) });
  return { ...common, ended: "failed", failure, ...(status !== undefined && { status }) };
}

/** No result came: what the answers told when they began is a lower bound. */
function cutOff(answers: readonly Record<string, unknown>[]): ClientReport {
  const usage = sum(
    answers.map((answer) => {
      const write1h = count((answer["cache_creation"] as Fields | undefined)?.["ephemeral_1h_input_tokens"]);
      return {
        ...NO_USAGE,
        input: count(answer["input_tokens"]),
        output: count(answer["output_tokens"]),
        cacheRead: count(answer["cache_read_input_tokens"]),
        cacheWrite1h: write1h,
        cacheWrite5m: count(answer["cache_creation_input_tokens"]) - write1h,
      };
    }),
  );
  return { ended: "cut-off", text: "", usage };
}

type Fields = Record<string, unknown>;

function usageOfModel(model: Fields): Usage {
  const write5m = count(model["cacheCreationEphemeral5mInputTokens"] ?? model["cacheCreationInputTokens"]);
  return {
    input: count(model["inputTokens"]),
    output: count(model["outputTokens"]),
    thinking: count(model["thinkingTokens"]),
    cacheRead: count(model["cacheReadInputTokens"]),
    cacheWrite5m: write5m,
    cacheWrite1h: count(model["cacheCreationInputTokens"]) - write5m,
    webSearches: count(model["webSearchRequests"]),
  };
}

function sum(usages: readonly Usage[]): Usage {
  const total = { ...NO_USAGE };
  for (const usage of usages)
    for (const key of Object.keys(total) as (keyof Usage)[]) total[key] += usage[key];
  return total;
}

function count(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

function parseLine(line: string): Fields | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as Fields;
  } catch {
    return undefined;
  }
}
