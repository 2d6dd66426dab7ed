import {
  CAUSE_GROUPS,
  type Cause,
  type CauseSum,
  type Certainty,
  groupOfLeaf,
} from "../../domain/cost-causes.ts";
import { LEAVES, type Leaf } from "../../domain/ledger.ts";
import type { LedgerEntry } from "./condense.ts";

/** Leaves whose sum is read off the usage; the others are shares of such a sum. */
const EXACT: ReadonlySet<string> = new Set(
  LEAVES.filter((leaf) => leaf === "new.start" || leaf.startsWith("rewrite.") || leaf.startsWith("rest.")),
);
/** Leaves whose names are nodes of their own. */
const NAMED: ReadonlySet<Leaf> = new Set(["new.tool", "new.attachment", "rewrite.no-pause"]);

/** A function that counts the requests of an entry; undefined when it would count twice. */
type CountOf = ((entry: LedgerEntry) => number) | undefined;

const ofName: CountOf = ({ requests }) => requests;
const ofLeaf: CountOf = ({ leafRequests }) => leafRequests;
const ofGroup: CountOf = ({ groupRequests }) => groupRequests;

/** Returns the tree of causes: the five groups, their leaves, and the tools and signs below these. */
export function causeTree(entries: readonly LedgerEntry[]): Cause[] {
  const total = entries.reduce((sum, { nano }) => sum + nano, 0);
  const byLeaf = Map.groupBy(entries, ({ leaf }) => leaf);
  return CAUSE_GROUPS.flatMap((group) => {
    const leaves = LEAVES.filter((leaf) => groupOfLeaf(leaf) === group && byLeaf.has(leaf));
    if (leaves.length === 0) return [];
    const all = leaves.flatMap((leaf) => byLeaf.get(leaf) ?? []);
    return [
      causeOf({ id: group, parent: null, certainty: "exact" }, all, total, ofGroup),
      ...leaves.flatMap((leaf) => causesOfLeaf(leaf, group, byLeaf.get(leaf) ?? [], total)),
    ];
  });
}

function causesOfLeaf(leaf: Leaf, parent: string, entries: readonly LedgerEntry[], total: number): Cause[] {
  const certainty: Certainty = EXACT.has(leaf) ? "exact" : "estimated";
  const own = causeOf({ id: leaf, parent, certainty }, entries, total, ofLeaf);
  if (!NAMED.has(leaf)) return [own];
  const named = [...Map.groupBy(entries, ({ tool }) => tool)].map(([name, part]) =>
    causeOf(
      { id: `${leaf}.${name}`, parent: leaf, certainty: leaf === "rewrite.no-pause" ? "sign" : "estimated" },
      part,
      total,
      ofName,
    ),
  );
  return [own, ...named.toSorted((a, b) => b.nano - a.nano)];
}

function causeOf(
  node: Pick<Cause, "id" | "parent" | "certainty">,
  entries: readonly LedgerEntry[],
  total: number,
  countOf: CountOf,
): Cause {
  const byName = node.parent === null ? [] : rowsBy(entries, ({ tool }) => tool, total, ofName);
  const byModel = rowsBy(entries, ({ model }) => model, total, countOf);
  return {
    ...node,
    ...sumOf(entries, total, countOf),
    byName: byName.map(({ key: name, ...sum }) => ({ name, ...sum })),
    byModel: byModel.map(({ key: model, ...sum }) => ({ model, ...sum })),
  };
}

/** Breaks entries down by `keyOf`, the most expensive first; empty keys are left out. */
export function rowsBy(
  entries: readonly LedgerEntry[],
  keyOf: (entry: LedgerEntry) => string,
  total: number,
  countOf?: CountOf,
): (CauseSum & { key: string })[] {
  return [...Map.groupBy(entries, keyOf)]
    .filter(([key]) => key !== "")
    .map(([key, part]) => ({ key, ...sumOf(part, total, countOf) }))
    .toSorted((a, b) => b.nano - a.nano);
}

/** Breaks entries down by cause. */
export function rowsByLeaf(entries: readonly LedgerEntry[], total: number): (CauseSum & { key: string })[] {
  return rowsBy(entries, ({ leaf }) => leaf, total, ofLeaf);
}

/** Adds entries up; `total` is what all shares are of. */
export function sumOf(entries: readonly LedgerEntry[], total: number, countOf?: CountOf): CauseSum {
  let [nano, tokens, requests] = [0, 0, 0];
  for (const entry of entries) {
    nano += entry.nano;
    tokens += entry.tokens;
    if (countOf) requests += countOf(entry);
  }
  return { nano, share: total > 0 ? nano / total : 0, tokens, requests: countOf ? requests : null };
}
