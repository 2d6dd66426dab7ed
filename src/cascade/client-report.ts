import type { Failure } from "../domain/attempt.ts";
import { fromUsd, type NanoUsd } from "../domain/money.ts";
import { isObject } from "../domain/objects.ts";
import { addUsage, NO_USAGE, type Usage } from "../domain/usage.ts";
import { classify } from "../executor/classify.ts";

/** The report of one headless run of Claude Code. */
export interface ClientReport {
  ended: "done" | "refused" | "failed" | "over-budget" | "cut-off";
  failure?: Failure;
  status?: number;
  /** The final answer, or the error. */
  text: string;
  /** The model that gave the last answer of the main thread. */
  servedModel?: string;
  /** By model; a lower bound if the run was cut off. */
  usage: ReadonlyMap<string, Usage>;
  /** The client's own count, which includes calls without a line in the transcript. Undefined if it gave none. */
  costNano?: NanoUsd;
}

/** Reads `--output-format stream-json` line by line. */
export interface ReportReader {
  readLine(line: string): void;
  report(): ClientReport;
}

/** Makes a reader for one run. It passes over lines that are not JSON, and everything of a kind that it does not know. */
export function createReportReader(): ReportReader {
  let servedModel: string | undefined;
  let result: ReportFields | undefined;
  const answers = new Map<string, { model: string; usage: Usage }>();
  return {
    readLine(line) {
      const entry = parseLine(line);
      if (entry["type"] === "result") result = entry;
      if (entry["type"] !== "assistant") return;
      const message = fieldsOf(entry["message"]);
      const [id, model] = [textOf(message["id"]), textOf(message["model"])];
      if (!id || !model || model === "<synthetic>") return;
      if (!textOf(entry["parent_tool_use_id"])) servedModel = model;
      answers.set(id, { model, usage: usageOfAnswer(fieldsOf(message["usage"])) });
    },
    report() {
      const seen = sumByModel([...answers.values()]);
      const report: ClientReport = result ? reportOf(result) : { ended: "cut-off", text: "", usage: seen };
      return {
        ...report,
        ...(report.usage.size === 0 && { usage: seen }),
        ...(servedModel !== undefined && { servedModel }),
      };
    },
  };
}

function reportOf(result: ReportFields): ClientReport {
  const models = Object.entries(fieldsOf(result["modelUsage"]));
  const cost = result["total_cost_usd"];
  const common = {
    text: textOf(result["result"]) ?? errorsOf(result),
    usage: sumByModel(models.map(([model, fields]) => ({ model, usage: usageOfModel(fieldsOf(fields)) }))),
    ...(isCount(cost) && { costNano: fromUsd(cost) }),
  };
  const subtype = textOf(result["subtype"]) ?? "";
  if (result["is_error"] !== true && !subtype.startsWith("error")) return { ...common, ended: "done" };
  if (subtype === "error_max_budget_usd") return { ...common, ended: "over-budget" };
  if (result["stop_reason"] === "refusal") return { ...common, ended: "refused" };
  if (textOf(result["terminal_reason"])?.startsWith("aborted")) return { ...common, ended: "cut-off" };
  const status = isCount(result["api_error_status"]) ? result["api_error_status"] : undefined;
  const type = textOf(result["api_error_type"]);
  // Without a status it was the connection, or the client's own limits: another model may still manage.
  const failure =
    status === undefined
      ? "connection"
      : classify({ kind: "http", status, ...(type !== undefined && { type }) });
  return { ...common, ended: "failed", failure, ...(status !== undefined && { status }) };
}

type ReportFields = Readonly<Record<string, unknown>>;

function errorsOf({ errors }: ReportFields): string {
  return Array.isArray(errors) ? errors.filter((error) => typeof error === "string").join("; ") : "";
}

/** The usage of an answer as it began: its output is a lower bound. */
function usageOfAnswer(usage: ReportFields): Usage {
  const write1h = count(fieldsOf(usage["cache_creation"])["ephemeral_1h_input_tokens"]);
  return {
    ...NO_USAGE,
    input: count(usage["input_tokens"]),
    output: count(usage["output_tokens"]),
    cacheRead: count(usage["cache_read_input_tokens"]),
    cacheWrite1h: write1h,
    cacheWrite5m: Math.max(0, count(usage["cache_creation_input_tokens"]) - write1h),
  };
}

function usageOfModel(model: ReportFields): Usage {
  const writes = count(model["cacheCreationInputTokens"]);
  const write5m = count(model["cacheCreationEphemeral5mInputTokens"] ?? writes);
  return {
    input: count(model["inputTokens"]),
    output: count(model["outputTokens"]),
    thinking: count(model["thinkingTokens"]),
    cacheRead: count(model["cacheReadInputTokens"]),
    cacheWrite5m: write5m,
    cacheWrite1h: Math.max(0, writes - write5m),
    webSearches: count(model["webSearchRequests"]),
  };
}

function sumByModel(parts: readonly { model: string; usage: Usage }[]): Map<string, Usage> {
  const total = new Map<string, Usage>();
  for (const { model, usage } of parts) total.set(model, sumUsage([total.get(model) ?? NO_USAGE, usage]));
  return total;
}

/** Adds usages up. */
export function sumUsage(usages: Iterable<Usage>): Usage {
  const total = { ...NO_USAGE };
  for (const usage of usages) addUsage(total, usage);
  return total;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function count(value: unknown): number {
  return isCount(value) ? value : 0;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function fieldsOf(value: unknown): ReportFields {
  return isObject(value) ? value : {};
}

function parseLine(line: string): ReportFields {
  if (!line.startsWith("{")) return {};
  try {
    return fieldsOf(JSON.parse(line));
  } catch {
    return {};
  }
}
