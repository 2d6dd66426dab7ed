import {
  ACTIVITIES,
  type Activity,
  type ContentBlock,
  type LedgerRequest,
  type LedgerThread,
  type MarkAt,
  type Trigger,
} from "../../domain/ledger-input.ts";
import type { LedgerRow } from "../../domain/ledger.ts";
import { promptTokens } from "../../domain/usage.ts";
import type { ModelTable } from "../../models/resolve.ts";
import { type TokenPrices, tokenPrices } from "../../models/price.ts";
import { beginContext, type Context, type Estimate, cutContext, growContext } from "./context.ts";
import { type Before, lossCause, lossSign } from "./losses.ts";
import { outputParts, promptParts, restParts } from "./parts.ts";

/** Returns one row for each request of a thread, in file order; copied requests only fill the context. */
export function ledgerRows(thread: LedgerThread, models: ModelTable): LedgerRow[] {
  const rows: LedgerRow[] = [];
  const answers = Map.groupBy(thread.blocks, ({ answer }) => answer);
  const blocksUpTo = cursor(thread.blocks);
  const marksUpTo = cursor(thread.marks);
  let context: Context | undefined;
  let before: Before | undefined;
  let trigger: Trigger = thread.agentId === "" ? "none" : "agent";
  thread.requests.forEach((request, index) => {
    const prices = pricesOf(request, models);
    const estimate = estimateFor(request, models);
    if (request.part) {
      if (!request.copied) rows.push(partRow(request, index, trigger, context?.prompt ?? 0));
      return;
    }
    const prompt = promptTokens(request.usage);
    const between = { blocks: blocksUpTo(request.line), marks: marksUpTo(request.line + 1) };
    const former = context?.total;
    trigger = triggerAfter(trigger, between.blocks, context);
    context = nextContext(context, prompt, between.blocks, between.marks, estimate);
    const cause = before && lossCause(before, request, prompt, between.marks);
    const sign = before && cause === "no-pause" ? lossSign(before, request, between) : undefined;
    const answer = answers.get(request.line) ?? [];
    if (!request.copied) {
      const read = promptParts(context, request, prices, {
        isFirst: former === undefined,
        ...(cause && { cause }),
        ...(sign && { sign }),
      });
      rows.push({
        index,
        prompt,
        growth: former === undefined ? prompt : prompt - former,
        base: context.base,
        activity: activityOf(answer),
        trigger,
        turn: context.prompt,
        parts: settle(
          [...outputParts(request, answer, prices, estimate), ...read.parts, ...restParts(request, prices)],
          request,
        ),
        ...(read.loss && { loss: read.loss }),
      });
    }
    before = { request, prompt, shortLived: isShortLived(request, before) };
  });
  return rows;
}

/** Returns what lies before a line, each element once. */
function cursor<Item extends { line: number }>(items: readonly Item[]): (line: number) => Item[] {
  let at = 0;
  return (line) => {
    const start = at;
    while (at < items.length && (items[at] as Item).line < line) at++;
    return items.slice(start, at);
  };
}

/** The API takes an answer in one piece, also where results stand between its lines. */
function inOrder(blocks: readonly ContentBlock[]): ContentBlock[] {
  return [
    ...blocks.filter(({ answer }) => answer !== undefined),
    ...blocks.filter(({ answer }) => answer === undefined),
  ];
}

function nextContext(
  context: Context | undefined,
  prompt: number,
  blocks: readonly ContentBlock[],
  marks: readonly MarkAt[],
  estimate: Estimate,
): Context {
  if (!context) return beginContext(prompt, blocks, estimate);
  const cut = marks.findLast(({ mark }) => mark === "compaction");
  if (cut)
    cutContext(
      context,
      prompt,
      blocks.filter(({ line }) => line > cut.line),
      estimate,
    );
  else growContext(context, prompt, inOrder(blocks), estimate);
  return context;
}

/** A summary starts a stretch only at the beginning of a thread: within one it goes on with the work. */
function triggerAfter(
  trigger: Trigger,
  blocks: readonly ContentBlock[],
  context: Context | undefined,
): Trigger {
  for (const block of blocks)
    if (block.trigger && (block.trigger !== "summary" || (!context && trigger === "none")))
      trigger = block.trigger;
  return trigger;
}

function activityOf(answer: readonly ContentBlock[]): Activity {
  return ACTIVITIES.find((activity) => answer.some((block) => block.activity === activity)) ?? "answer";
}

/** Characters of a token on the tokenizer of each generation; text is about 30 % more tokens on the later one. */
const CHARACTERS = { v3: 3.5, "v4.7": 3.5 / 1.3 } as const;

function estimateFor({ model }: LedgerRequest, models: ModelTable): Estimate {
  const each = CHARACTERS[models.find(model)?.tokenizer ?? "v4.7"];
  return (characters) => characters / each;
}

function isShortLived({ usage }: LedgerRequest, before: Before | undefined): boolean {
  if (usage.cacheWrite5m > 0) return true;
  return usage.cacheWrite1h > 0 ? false : (before?.shortLived ?? false);
}

function pricesOf(
  { model, usage, at, fast, usOnly, batch, costNano }: LedgerRequest,
  models: ModelTable,
): TokenPrices | undefined {
  const entry = costNano === undefined ? undefined : models.find(model);
  return (
    entry && tokenPrices(entry, promptTokens(usage), { at, fast: !!fast, usOnly: !!usOnly, batch: !!batch })
  );
}

function partRow(request: LedgerRequest, index: number, trigger: Trigger, turn: number): LedgerRow {
  const { usage, costNano: nano = 0 } = request;
  const parts = [{ leaf: "rest.part" as const, name: "", tokens: promptTokens(usage) + usage.output, nano }];
  return { index, prompt: 0, growth: 0, base: 0, activity: "answer", trigger, turn, parts };
}

/** Puts what rounding left over to the largest part, so that the parts add up to the cost of the request. */
function settle(parts: LedgerRow["parts"], { costNano }: LedgerRequest): LedgerRow["parts"] {
  if (costNano === undefined) return parts;
  const left = costNano - parts.reduce((sum, { nano }) => sum + nano, 0);
  const largest = parts.reduce<LedgerRow["parts"][number] | undefined>(
    (most, part) => (most && most.nano >= part.nano ? most : part),
    undefined,
  );
  if (largest) largest.nano += left;
  return parts;
}
