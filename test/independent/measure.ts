import { listed, MODELS, type Rates } from "./rates.ts";
import { type Answer, readHistory, type Tokens } from "./read-history.ts";

/** What is worked out a second time. */
export interface Measured {
  requests: number;
  costUsd: number;
  byModel: Record<string, { requests: number; costUsd: number }>;
  agentRequests: number;
  /** Prompts that were answered, and the cost of those answers without agents. */
  turns: { count: number; costUsd: number };
  blocks: { start: number; requests: number; costUsd: number }[];
  /** Context that was written again after a pause, or for an hour and never read. */
  cold: { times: number; tokens: number; costUsd: number };
  alwaysOpusUsd: number;
}

const DAY = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Adds up costs. */
function total(of: readonly { costUsd: number }[]): number {
  return of.reduce((sum, { costUsd }) => sum + costUsd, 0);
}

export function measure(home: string): Measured {
  const files = readHistory(home);
  nameCopies(files.flat());
  const answers = unique(files.flat());
  const paid = answers.map((answer) => ({ answer, costUsd: costOf(answer) }));
  const main = paid.filter(({ answer }) => answer.turn !== "");
  return {
    requests: answers.length,
    costUsd: total(paid),
    byModel: byModel(answers),
    agentRequests: answers.filter(({ thread }) => thread !== "main").length,
    turns: { count: new Set(main.map(({ answer }) => answer.turn)).size, costUsd: total(main) },
    blocks: blocksOf(paid),
    cold: coldOf(files),
    alwaysOpusUsd: answers.reduce((sum, answer) => sum + opusCostOf(answer), 0),
  };
}

/** A fork of client 1.0.128 leaves request ids out: such an answer is the one with the same message id and prompt that has one. */
function nameCopies(all: readonly Answer[]): void {
  const named = new Map(all.map((answer) => [answer.key, answer]));
  for (const answer of all) {
    const [id = "", own] = answer.key.split(" ");
    const original = own === undefined ? undefined : named.get(id);
    if (original && promptOf(original.tokens) === promptOf(answer.tokens)) answer.key = id;
  }
}

/** The cost of each model; an attempt inside of an answer has its own. */
function byModel(answers: readonly Answer[]): Measured["byModel"] {
  const models: Measured["byModel"] = {};
  const add = (model: string, requests: number, costUsd: number): void => {
    const of = (models[listed(model) ?? model] ??= { requests: 0, costUsd: 0 });
    of.requests += requests;
    of.costUsd += costUsd;
  };
  for (const answer of answers) {
    add(answer.model, 1, costOf(answer));
    for (const one of answer.iterations) {
      const costUsd = price(one.model, one.tokens, answer.at) * termsOf(answer, one.model);
      add(answer.model, 0, -costUsd);
      add(one.model, 0, costUsd);
    }
  }
  return models;
}

/** Each answer once: with the most output, at its first time, on the main thread if that has it. */
function unique(all: readonly Answer[]): Answer[] {
  return [...Map.groupBy(all, ({ key }) => key).values()].map((same) => {
    const most = same.reduce((best, one) => (one.tokens.output >= best.tokens.output ? one : best));
    const main = same.filter(({ thread }) => thread === "main"); // agents that fork begin with a copy of it
    const own = main.find(({ turn }) => turn !== "") ?? main[0] ?? most;
    return { ...most, at: Math.min(...same.map(({ at }) => at)), thread: own.thread, turn: own.turn };
  });
}

const promptOf = ({ input, write5m, write1h, read }: Tokens): number => input + write5m + write1h + read;

/** The rates of a model for a prompt on a day; undefined without a known price. */
function ratesOf(name: string, tokens: Tokens, at: number): Rates | undefined {
  const model = MODELS[listed(name) ?? ""];
  if (!model) return undefined;
  const { long, read, rates } = model;
  const isLong = long && promptOf(tokens) > long.above && (long.until === undefined || DAY(at) < long.until);
  const [input, output, write5m, write1h, cached] = isLong ? long.rates : rates;
  return [input, output, write5m, write1h, read && DAY(at) < read.until ? read.rate : cached];
}

function price(name: string, tokens: Tokens, at: number): number {
  const rates = ratesOf(name, tokens, at);
  if (!rates) return 0;
  const counts = [tokens.input, tokens.output, tokens.write5m, tokens.write1h, tokens.read];
  return counts.reduce((sum, number, index) => sum + (number * (rates[index] as number)) / 1e6, 0);
}

function termsOf(answer: Answer, model: string): number {
  const fast = answer.isFast ? (MODELS[listed(model) ?? ""]?.fast ?? 1) : 1;
  return fast * (answer.isUsOnly ? 1.1 : 1) * (answer.isBatch ? 0.5 : 1);
}

function costOf(answer: Answer): number {
  const { model, tokens, at, iterations, webSearches } = answer;
  const searches = listed(model) === undefined ? 0 : webSearches / 100;
  if (iterations.length === 0) return price(model, tokens, at) * termsOf(answer, model) + searches;
  return iterations.reduce(
    (sum, one) => sum + price(one.model, one.tokens, at) * termsOf(answer, one.model),
    searches,
  );
}

/** What the newest Opus of the day would have cost for the same text. */
function opusCostOf(answer: Answer): number {
  const day = DAY(answer.at);
  const [opus] = Object.entries(MODELS)
    .filter(([id, { released }]) => id.includes("opus") && released <= day)
    .toSorted(([, a], [, b]) => (a.released < b.released ? 1 : -1))
    .map(([id]) => id);
  const of = (model: string, tokens: Tokens): number => {
    if (listed(model) === undefined || opus === undefined) return price(model, tokens, answer.at);
    const [from, to] = [MODELS[listed(model) ?? ""], MODELS[opus]];
    const factor = from?.isNew === to?.isNew ? 1 : to?.isNew ? 1.3 : 1 / 1.3;
    const scaled = Object.fromEntries(
      Object.entries(tokens).map(([name, number]) => [name, number * factor]),
    );
    return price(opus, scaled as unknown as Tokens, answer.at) * termsOf({ ...answer, isFast: false }, opus);
  };
  const { iterations, model, tokens, webSearches } = answer;
  const searches = listed(model) === undefined ? 0 : webSearches / 100;
  if (iterations.length === 0) return of(model, tokens) + searches;
  return iterations.reduce((sum, one) => sum + of(one.model, one.tokens), searches);
}

const [HOUR, WINDOW] = [3_600_000, 5 * 3_600_000];

function blocksOf(paid: readonly { answer: Answer; costUsd: number }[]): Measured["blocks"] {
  const blocks: Measured["blocks"] = [];
  let last = -Infinity;
  for (const { answer, costUsd } of paid.toSorted((a, b) => a.answer.at - b.answer.at)) {
    const { at } = answer;
    const open = blocks.at(-1);
    if (open && at - open.start <= WINDOW && at - last <= WINDOW) {
      open.requests++;
      open.costUsd += costUsd;
    } else blocks.push({ start: Math.floor(at / HOUR) * HOUR, requests: 1, costUsd });
    last = at;
  }
  return blocks;
}

/** Fewer tokens are not worth a word. */
const LEAST = 10_000;

/** A pause longer than the writes before it live, on the same model, after which at least 10,000 tokens were written again; or an hour's writes of a thread with one answer. */
function coldOf(files: readonly Answer[][]): Measured["cold"] {
  const found = new Map<string, { tokens: number; costUsd: number }>();
  for (const file of files)
    for (const thread of Map.groupBy(file, (answer) => answer.thread).values()) {
      const inOrder = thread.toSorted((a, b) => a.line - b.line);
      const [only] = inOrder;
      const unread = inOrder.length === 1 ? (only?.tokens.write1h ?? 0) : 0;
      const rates = only && ratesOf(only.model, only.tokens, only.at);
      if (only && rates && unread >= LEAST)
        found.set(only.key, { tokens: unread, costUsd: (unread * (rates[3] - rates[0])) / 1e6 });
      inOrder.forEach((answer, index) => {
        const before = inOrder[index - 1];
        if (!before || before.model !== answer.model || before.compactions !== answer.compactions) return;
        const writes = inOrder
          .slice(0, index)
          .findLast(({ tokens }) => tokens.write5m + tokens.write1h > 0)?.tokens;
        if (answer.at - before.at < (writes && writes.write1h > 0 ? HOUR : HOUR / 12)) return;
        const { write5m, write1h, read } = answer.tokens;
        const tokens = Math.min(write5m + write1h, promptOf(before.tokens) - read);
        const rates = ratesOf(answer.model, answer.tokens, answer.at);
        if (tokens < LEAST || !rates) return;
        const write = write1h > 0 ? rates[3] : rates[2];
        found.set(answer.key, { tokens, costUsd: (tokens * (write - rates[4])) / 1e6 });
      });
    }
  const all = [...found.values()];
  return {
    times: all.length,
    tokens: all.reduce((sum, one) => sum + one.tokens, 0),
    costUsd: all.reduce((sum, one) => sum + one.costUsd, 0),
  };
}
