import { describe, expect, it } from "vitest";
import { type ClientReport, createReportReader, sumUsage } from "../../src/cascade/client-report.ts";

/** The lines that the client writes, cut down to what is read of them. */
function reportOf(...lines: (object | string)[]): ClientReport {
  const reader = createReportReader();
  for (const line of lines) reader.readLine(typeof line === "string" ? line : JSON.stringify(line));
  return reader.report();
}

const answer = (id: string, parent: string | null = null, model = "claude-sonnet-5-5") => ({
  type: "assistant",
  parent_tool_use_id: parent,
  message: {
    id,
    model,
    usage: {
      input_tokens: 10,
      output_tokens: 2,
      cache_read_input_tokens: 5,
      cache_creation_input_tokens: 7,
      cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 },
    },
  },
});

const MODEL_USAGE = {
  "claude-sonnet-5-5": {
    inputTokens: 24,
    outputTokens: 240,
    thinkingTokens: 9,
    cacheReadInputTokens: 6,
    cacheCreationInputTokens: 7,
    cacheCreationEphemeral5mInputTokens: 3,
    webSearchRequests: 1,
  },
  "claude-haiku-5-5": { inputTokens: 1, outputTokens: 2 },
};

const result = (fields: object) => ({
  type: "result",
  subtype: "success",
  is_error: true,
  total_cost_usd: 0.5,
  modelUsage: MODEL_USAGE,
  ...fields,
});

describe("what the client reports of itself", () => {
  it("its own count of all models is the cost, and the main thread's last answer names the model", () => {
    const report = reportOf(
      "a warning that is not JSON",
      answer("m0", "toolu_1", "claude-haiku-5-5"),
      answer("m1", null, "claude-haiku-5-5"),
      answer("m2"),
      result({ is_error: false, result: "Done." }),
    );
    expect(report).toMatchObject({
      ended: "done",
      text: "Done.",
      servedModel: "claude-sonnet-5-5",
      costNano: 5e8,
    });
    expect(sumUsage(report.usage.values())).toEqual({
      input: 25,
      output: 242,
      thinking: 9,
      cacheRead: 6,
      cacheWrite5m: 3,
      cacheWrite1h: 4,
      webSearches: 1,
    });
  });

  it.each([
    [
      "no model",
      { api_error_status: 404, api_error_type: "not_found_error" },
      { ended: "failed", failure: "model-not-found", status: 404 },
    ],
    [
      "a wrong key",
      { api_error_status: 401, api_error_type: "authentication_error" },
      { ended: "failed", failure: "unauthorized" },
    ],
    [
      "overload",
      { api_error_status: 529, api_error_type: "overloaded_error" },
      { ended: "failed", failure: "overloaded" },
    ],
    ["no connection", { api_error_status: null }, { ended: "failed", failure: "connection" }],
    ["a refusal", { stop_reason: "refusal", api_error_status: null }, { ended: "refused" }],
    [
      "its limit in dollars",
      { subtype: "error_max_budget_usd", errors: ["Reached maximum budget ($1)"] },
      { ended: "over-budget", text: "Reached maximum budget ($1)" },
    ],
    [
      "an interrupt",
      { subtype: "error_during_execution", terminal_reason: "aborted_tools" },
      { ended: "cut-off", costNano: 5e8 },
    ],
  ])("%s is told apart", (_, fields, expected) => expect(reportOf(result(fields))).toMatchObject(expected));

  it("killed before its result, each answer counts once, as far as it was known", () => {
    const report = reportOf(answer("m1"), answer("m1"), answer("m2"), answer("x", null, "<synthetic>"));
    expect(report.ended).toBe("cut-off");
    expect(sumUsage(report.usage.values())).toMatchObject({
      input: 20,
      output: 4,
      cacheRead: 10,
      cacheWrite5m: 6,
      cacheWrite1h: 8,
    });
    expect(report.costNano).toBeUndefined();
  });

  it("a result without numbers counts what the answers named when they began", () => {
    const fields = { is_error: false, modelUsage: null, total_cost_usd: Number.NaN };
    const report = reportOf(answer("m1"), result(fields));
    expect(report.costNano).toBeUndefined();
    expect([...report.usage]).toMatchObject([["claude-sonnet-5-5", { input: 10, output: 2 }]]);
  });
});
