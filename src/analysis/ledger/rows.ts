import type {
  TranscriptBlock,
  LedgerRequest,
  LedgerThread,
  MarkAt,
  Trigger,
} from "../../domain/ledger-input.ts";
import type { LedgerRow } from "../../domain/ledger.ts";
import { promptTokens } from "../../domain/usage.ts";
import type { ModelEntry, Tokenizer } from "../../models/entry.ts";
import type { ModelTable } from "../../models/resolve.ts";
import { type TokenPrices, tokenPrices } from "../../models/price.ts";
import { callsOf, NO_CALLS } from "./calls.ts";
import { beginContext, type Context, cutContext, type EstimateTokens, growContext } from "./context.ts";
import { type Before, type Between, lossCause, signsBetween } from "./losses.ts";
import { outputParts, promptParts, restParts } from "./parts.ts";

/** Counts up when the same content gives another ledger, so that what is kept is computed again. */
export const LEDGER_RULES = "2";

/** Returns one row for each request of a thread, in file order; copied requests have no parts, they only fill the context. */
export function ledgerRows(thread: LedgerThread, models: ModelTable): LedgerRow[] {
  const answers = Map.groupBy(thread.blocks, ({ answer }) => answer);
  const blocksUpTo = cursor(thread.blocks);
  const marksUpTo = cursor(thread.marks);
  let context: Context | undefined;
  let before: Before | undefined;
  let trigger: Trigger = thread.agentId === "" ? "none" : "agent";
  return thread.requests.map((request, index) => {
    if (request.part) return partRow(request, index, trigger, context?.prompt ?? 0);
    const entry = models.find(request.model);
    const estimate = ESTIMATES[entry?.tokenizer ?? "v4.7"];
    const prompt = promptTokens(request.usage);
    const between = { blocks: blocksUpTo(request.line), marks: marksUpTo(request.line + 1) };
    trigger = triggerAfter(trigger, between.blocks, context === undefined);
    const former = context?.total ?? 0;
    context = nextContext(context, prompt, between, estimate);
    const answer = answers.get(request.line) ?? [];
    const row = rowOf({ index, prompt, trigger, growth: prompt - former }, context, before, request, between);
    row.calls = callsOf(answer, between.blocks);
    const prices = entry && pricesOf(request, entry, prompt);
    const cause = before && lossCause(before, request, prompt, between.marks);
    const paid = promptParts(context, request, prices, {
      isFirst: row.isFirst,
      ...(cause && { cause, signs: row.signs }),
    });
    if (paid.loss) row.loss = paid.loss;
    before = { request, prompt, shortLived: isShortLived(request, before) };
    if (request.copied) return row;
    const output = outputParts(request, answer, prices, estimate);
    row.parts = settle([...output, ...paid.parts, ...restParts(request, prices)], request);
    return row;
  });
}

/** A row without what the answer and the prices say. */
function rowOf(
  known: Pick<LedgerRow, "index" | "prompt" | "trigger" | "growth">,
  context: Context,
  before: Before | undefined,
  request: LedgerRequest,
  between: Between,
): LedgerRow {
  const has = (mark: MarkAt["mark"]) => between.marks.some((at) => at.mark === mark);
  return {
    ...known,
    base: context.base,
    turn: context.prompt,
    calls: NO_CALLS,
    isFirst: before === undefined,
    isCut: has("compaction"),
    isCommitted: has("commit"),
    isWoken: isWoken(between.blocks),
    signs: before ? signsBetween(before, request, between) : [],
    results: context.results,
    parts: [],
  };
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
function inOrder(blocks: readonly TranscriptBlock[]): readonly TranscriptBlock[] {
  const isMixed = blocks.some(
    ({ answer }, index) => answer !== undefined && blocks[index - 1]?.answer === undefined && index > 0,
  );
  if (!isMixed) return blocks;
  return blocks.toSorted((a, b) => Number(a.answer === undefined) - Number(b.answer === undefined));
}

function nextContext(
  context: Context | undefined,
  prompt: number,
  { blocks, marks }: Between,
  estimate: EstimateTokens,
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

/** A background task reported, and nobody said anything. */
function isWoken(blocks: readonly TranscriptBlock[]): boolean {
  const triggers = blocks.flatMap(({ trigger }) => trigger ?? []);
  return (
    triggers.length > 0 && triggers.every((trigger) => trigger === "notification" || trigger === "monitor")
  );
}

/** A summary starts a stretch only at the beginning of a thread: within one it goes on with the work. */
function triggerAfter(trigger: Trigger, blocks: readonly TranscriptBlock[], isFirst: boolean): Trigger {
  let latest = trigger;
  for (const block of blocks)
    if (block.trigger && (block.trigger !== "summary" || (isFirst && latest === "none")))
      latest = block.trigger;
  return latest;
}

/** A token is about 3.5 characters; on the later tokenizer text is about 30 % more tokens. */
const ESTIMATES: Readonly<Record<Tokenizer, EstimateTokens>> = {
  v3: (characters) => characters / 3.5,
  "v4.7": (characters) => (characters * 1.3) / 3.5,
};

/** Returns about how many tokens so many characters are to a model; without one, to a current one. */
export function tokensIn(characters: number, model: ModelEntry | undefined): number {
  return ESTIMATES[model?.tokenizer ?? "v4.7"](characters);
}

function isShortLived({ usage }: LedgerRequest, before: Before | undefined): boolean {
  if (usage.cacheWrite5m > 0) return true;
  return usage.cacheWrite1h > 0 ? false : (before?.shortLived ?? false);
}

function pricesOf(request: LedgerRequest, model: ModelEntry, prompt: number): TokenPrices | undefined {
  const { at, fast, usOnly, batch, costNano } = request;
  if (costNano === undefined) return undefined;
  return tokenPrices(model, prompt, {
    at,
    fast: fast ?? false,
    usOnly: usOnly ?? false,
    batch: batch ?? false,
  });
}

function partRow(request: LedgerRequest, index: number, trigger: Trigger, turn: number): LedgerRow {
  const { usage, costNano: nano = 0 } = request;
  const tokens = promptTokens(usage) + usage.output;
  return {
    index,
    prompt: 0,
    growth: 0,
    base: 0,
    trigger,
    turn,
    calls: NO_CALLS,
    isFirst: false,
    isCut: false,
    isCommitted: false,
    isWoken: false,
    signs: [],
    results: [],
    parts: request.copied ? [] : [{ leaf: "rest.part", name: "", tokens, nano }],
  };
}

/** Adds what rounding left over to the largest part, so that the parts add up to the cost of the request. */
function settle(parts: LedgerRow["parts"], { costNano }: LedgerRequest): LedgerRow["parts"] {
  const [first] = parts;
  if (costNano === undefined || !first) return parts;
  const largest = parts.reduce((most, part) => (part.nano > most.nano ? part : most), first);
  largest.nano += costNano - parts.reduce((sum, { nano }) => sum + nano, 0);
  return parts;
}
