import {
  type BatchOptions,
  type BatchPlan,
  type BatchReport,
  checkTarget,
  planBatch,
  readItems,
  runBatch,
  writeResults,
} from "../../operations/batch.ts";
import { endpointOf } from "../../operations/run.ts";
import { batchJson, renderBatchEnd, renderBatchPlan, renderBatchResults } from "../../render/batch.ts";
import { renderAnswer } from "../../render/json.ts";
import { plainLine } from "../../render/text.ts";
import { defineCommand } from "../command.ts";
import { askToWrite } from "../confirm.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { interruptible } from "../interrupt.ts";
import type { Io } from "../io.ts";
import { SOURCE_OPTIONS } from "../options.ts";

const TEXT = { type: "string", requiresArg: true } as const;
const NUMBER = { type: "number", requiresArg: true } as const;

export default defineCommand({
  options: {
    file: { type: "string", hidden: true },
    model: { ...TEXT, default: "sonnet", describe: "Choose a tier or an exact model id" },
    task: { ...TEXT, default: "batch", describe: "Name the category of work, for rolecall telemetry" },
    name: { ...TEXT, describe: "Name the batch (default: by its file and items)" },
    system: { ...TEXT, describe: "Set the system prompt of items without one" },
    effort: { ...TEXT, describe: "Set the effort of items without one" },
    "max-tokens": { ...NUMBER, describe: "Limit the answer of items without a limit, in tokens" },
    "max-usd": { ...NUMBER, describe: "Refuse a batch that could cost more dollars" },
    "dry-run": { type: "boolean", describe: "Estimate only" },
    yes: { type: "boolean", describe: "Do not ask" },
    wait: { type: "boolean", default: true, describe: "Wait for the results (--no-wait: only send)" },
    out: { ...TEXT, describe: "Write the results to this file (default: stdout)" },
    db: SOURCE_OPTIONS.db,
    prices: SOURCE_OPTIONS.prices,
    json: { type: "boolean", default: false, describe: "Print one JSON document instead of JSONL" },
    quiet: { type: "boolean", default: false, describe: "Print only the results" },
  },
  examples: [
    ["rolecall batch items.jsonl --dry-run", "Estimate the cost"],
    ["rolecall batch items.jsonl --yes --no-wait", "Send it; results arrive within a day"],
    ["rolecall batch items.jsonl --out results.jsonl", "Send it once, and collect the results"],
  ],
  async run(args, io) {
    const file = args.file ?? "";
    const { name, system, effort, db, prices, out } = args;
    const limits = { maxTokens: args["max-tokens"], maxUsd: args["max-usd"] };
    const options: BatchOptions = {
      file,
      name,
      system,
      effort,
      db,
      prices,
      ...limits,
      taskType: args.task,
      model: args.model,
    };
    if (out !== undefined) checkTarget(out);
    const plan = planBatch(options, readItems(file), io.env);
    const say = (line: string): void => void (args.quiet || io.err(`${line}\n`));
    say(renderBatchPlan(plan));
    const consent = { yes: plan.wasSent || args.yes, dryRun: args["dry-run"] };
    const declined = await askToWrite(`Send it to ${plainLine(endpointOf(io.env))}?`, consent, io, "sent");
    if (declined !== undefined) return declined;
    const report = await interruptible((signal) =>
      runBatch(plan, options, io.env, {
        wait: args.wait,
        signal,
        onSent: (id) => say(sentLine(id, args.wait)),
      }),
    );
    return show(plan, report, { ...args, out }, io, say);
  },
});

function sentLine(batchId: string, waits: boolean): string {
  return `Sent as ${plainLine(batchId)}.${waits ? " Results come within a day: waiting (Ctrl+C: collect later)." : ""}`;
}

function show(
  plan: BatchPlan,
  report: BatchReport,
  { json, out, wait }: { json: boolean; out: string | undefined; wait: boolean },
  io: Io,
  say: (line: string) => void,
): ExitCode {
  const { results } = report;
  if (results && out !== undefined) writeResults(out, renderBatchResults(results));
  if (json) io.out(renderAnswer("batch", batchJson(plan, report)));
  else if (results && out === undefined) io.out(renderBatchResults(results));
  say(renderBatchEnd(report));
  if (!results) return wait ? EXIT.no : EXIT.ok;
  return results.every(({ text }) => text !== undefined) ? EXIT.ok : EXIT.no;
}
