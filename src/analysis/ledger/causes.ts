import {
  CAUSE_GROUPS,
  type Cause,
  type CauseSum,
  type Certainty,
  groupOfLeaf,
} from "../../domain/cost-causes.ts";
import { LEAVES, type Leaf, type LedgerEntry } from "../../domain/ledger.ts";

/** Leaves whose sum is read off the usage; the others are shares of such a sum. */
const EXACT: ReadonlySet<string> = new Set(
  LEAVES.filter((leaf) => leaf === "new.start" || leaf.startsWith("rewrite.") || leaf.startsWith("rest.")),
);
/** Leaves whose names are nodes of their own. */
const NAMED: ReadonlySet<Leaf> = new Set(["new.tool", "new.attachment", "rewrite.no-pause"]);

/** Returns the tree of causes: the five groups, their leaves, and the tools and signs below these. */
export function causeTree(entries: readonly LedgerEntry[]): Cause[] {
  const total = entries.reduce((sum, { nano }) => sum + nano, 0);
  const byLeaf = Map.groupBy(entries, ({ leaf }) => leaf);
  const causes: Cause[] = [];
  for (const group of CAUSE_GROUPS) {
    const leaves = LEAVES.filter((leaf) => groupOfLeaf(leaf) === group && byLeaf.has(leaf));
    if (leaves.length === 0) continue;
    const all = leaves.flatMap((leaf) => byLeaf.get(leaf) ?? []);
    causes.push(causeOf(group, null, "exact", all, total));
    for (const leaf of leaves) causes.push(...causesOfLeaf(leaf, group, byLeaf.get(leaf) ?? [], total));
  }
  return causes;
}

function causesOfLeaf(leaf: Leaf, group: string, entries: readonly LedgerEntry[], total: number): Cause[] {
  const own = causeOf(leaf, group, EXACT.has(leaf) ? "exact" : "estimated", entries, total);
  if (!NAMED.has(leaf)) return [own];
  const certainty = leaf === "rewrite.no-pause" ? "sign" : "estimated";
  const named = [...Map.groupBy(entries, ({ name }) => name)].map(([name, part]) =>
    causeOf(`${leaf}.${name}`, leaf, certainty, part, total),
  );
  return [own, ...named.toSorted(byNano)];
}

function causeOf(
  id: string,
  parent: string | null,
  certainty: Certainty,
  entries: readonly LedgerEntry[],
  total: number,
): Cause {
  return {
    id,
    parent,
    ...sumOf(entries, total),
    certainty,
    byName:
      parent === null
        ? []
        : rowsBy(
            entries,
            ({ name }) => name,
            total,
            (name) => ({ name }),
          ),
    byModel: rowsBy(
      entries,
      ({ model }) => model,
      total,
      (model) => ({ model }),
    ),
  };
}

/** Adds entries up and breaks them down by `keyOf`, the most expensive first; empty keys are left out. */
export function rowsBy<Key extends object>(
  entries: readonly LedgerEntry[],
  keyOf: (entry: LedgerEntry) => string,
  total: number,
  toKey: (key: string) => Key,
): (CauseSum & Key)[] {
  const groups = [...Map.groupBy(entries, keyOf)].filter(([key]) => key !== "");
  return groups.map(([key, part]) => ({ ...toKey(key), ...sumOf(part, total) })).toSorted(byNano);
}

/** Adds entries up; `total` is what all shares are of. */
export function sumOf(entries: readonly LedgerEntry[], total: number): CauseSum {
  const sum = { nano: 0, share: 0, tokens: 0, requests: 0 };
  for (const { nano, tokens, requests } of entries) {
    sum.nano += nano;
    sum.tokens += tokens;
    sum.requests += requests;
  }
  sum.share = total > 0 ? sum.nano / total : 0;
  return sum;
}

function byNano(a: CauseSum, b: CauseSum): number {
  return b.nano - a.nano;
}
