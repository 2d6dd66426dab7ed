import { groupOfLeaf, type Unusual } from "../../domain/cost-causes.ts";
import type { ThreadLedger } from "../../domain/ledger.ts";
import { median, mostBy } from "../../domain/numbers.ts";

/** Less than this times the median is usual. */
const LEAST_FACTOR = 1.5;
/** Less than this share of the cost is not worth a line. */
const LEAST_SHARE = 0.03;
const LEAST_OTHERS = 5;

/** The measures by which sessions or days are compared. */
interface Measures {
  nano: number;
  /** Tokens of a prompt, on average. */
  context: number;
  /** Shares of the cost. */
  loss: number;
  wakeUps: number;
  agents: number;
  /** Nano-dollars of a token read from the cache: it distinguishes models whatever they were used for. */
  price: number;
  rereadNano: number;
}

/** One way to be unusual. */
interface Aspect {
  what: Unusual["what"];
  of: (measures: Measures) => number;
  /** About what it costs beyond the median. */
  extra: (own: Measures, value: number, usual: number) => number;
  /** The place to look at. */
  place: (unit: readonly ThreadLedger[]) => { thread: ThreadLedger; line: number } | undefined;
}

const shareOfCost: Aspect["extra"] = ({ nano }, value, usual) => (value - usual) * nano;

const ASPECTS: readonly Aspect[] = [
  {
    what: "context",
    of: ({ context }) => context,
    extra: ({ rereadNano }, value, usual) => rereadNano * (1 - usual / value),
    place: (unit) =>
      placeOf(
        unit,
        ({ turns }) => turns,
        ({ context }) => context,
      ),
  },
  {
    what: "loss",
    of: ({ loss }) => loss,
    extra: shareOfCost,
    place: (unit) =>
      placeOf(
        unit,
        ({ losses }) => losses,
        ({ avoidableNano }) => avoidableNano,
      ),
  },
  {
    what: "model",
    of: ({ price }) => price,
    extra: ({ nano }, value, usual) => nano * (1 - usual / value),
    place: (unit) =>
      placeOf(
        unit,
        ({ turns }) => turns,
        ({ nano }) => nano,
      ),
  },
  {
    what: "wake-ups",
    of: ({ wakeUps }) => wakeUps,
    extra: shareOfCost,
    place: (unit) => {
      const woken = mostBy(unit, wakeUpNano);
      return placeOf(
        woken ? [woken] : [],
        ({ turns }) => turns,
        ({ nano }) => nano,
      );
    },
  },
  {
    what: "agents",
    of: ({ agents }) => agents,
    extra: shareOfCost,
    place: (unit) =>
      placeOf(
        unit.filter(({ agentId }) => agentId !== ""),
        ({ turns }) => turns,
        ({ nano }) => nano,
      ),
  },
];

/**
 * Ranks in what a session or a day differs from the median of the others, the most expensive first. Nothing is returned with
 * fewer than five others.
 */
export function rankUnusual(
  unit: readonly ThreadLedger[],
  others: readonly (readonly ThreadLedger[])[],
): Unusual[] {
  const own = measure(unit);
  const rest = others.map(measure).filter(({ nano }) => nano > 0);
  if (rest.length < LEAST_OTHERS) return [];
  return ASPECTS.flatMap(({ what, of, extra, place }): Unusual[] => {
    const value = of(own);
    const usual = median(rest.map(of)) ?? 0;
    const extraNano = extra(own, value, usual);
    const found = place(unit);
    if (!found || value <= LEAST_FACTOR * usual || extraNano < LEAST_SHARE * own.nano) return [];
    const { session, file } = found.thread;
    return [{ what, value, median: usual, extraNano, place: { session, file, line: found.line } }];
  }).toSorted((a, b) => b.extraNano - a.extraNano);
}

function measure(unit: readonly ThreadLedger[]): Measures {
  const all = { nano: 0, prompt: 0, requests: 0, loss: 0, wakeUps: 0, agents: 0, reread: 0, rereadNano: 0 };
  for (const ledger of unit) {
    for (const { requests } of ledger.slots) all.requests += requests;
    for (const { leaf, nano, tokens } of ledger.slots.flatMap(({ parts }) => parts)) {
      const group = groupOfLeaf(leaf);
      all.nano += nano;
      if (ledger.agentId !== "") all.agents += nano;
      if (group === "rewrite") all.loss += nano;
      if (group !== "output" && leaf !== "rest.search") all.prompt += tokens;
      if (group === "reread") {
        all.reread += tokens;
        all.rereadNano += nano;
      }
    }
    all.wakeUps += wakeUpNano(ledger);
  }
  return {
    nano: all.nano,
    context: ratio(all.prompt, all.requests),
    loss: ratio(all.loss, all.nano),
    wakeUps: ratio(all.wakeUps, all.nano),
    agents: ratio(all.agents, all.nano),
    price: ratio(all.rereadNano, all.reread),
    rereadNano: all.rereadNano,
  };
}

function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

function wakeUpNano({ slots }: ThreadLedger): number {
  let sum = 0;
  for (const { trigger, parts } of slots)
    if (trigger === "notification" || trigger === "monitor") for (const { nano } of parts) sum += nano;
  return sum;
}

/** The line where a number is the largest. */
function placeOf<Item extends { line: number }>(
  unit: readonly ThreadLedger[],
  itemsOf: (thread: ThreadLedger) => readonly Item[],
  numberOf: (item: Item) => number,
): { thread: ThreadLedger; line: number } | undefined {
  const most = mostBy(
    unit.flatMap((thread) => itemsOf(thread).map((item) => ({ thread, item }))),
    ({ item }) => numberOf(item),
  );
  return most && { thread: most.thread, line: most.item.line };
}
