import { parseArgs } from "node:util";
import { sumCauses } from "../../src/analysis/ledger/cost-causes.ts";
import { ledgerRows } from "../../src/analysis/ledger/rows.ts";
import { pricesOfThen, totalCost } from "../../src/analysis/simulate/cost.ts";
import { type StepThread, toSteps } from "../../src/analysis/simulate/steps.ts";
import { pricesOfToday } from "../../src/analysis/simulate/today.ts";
import { simulate } from "../../src/analysis/simulate/waterfall.ts";
import type { CostCauses } from "../../src/domain/cost-causes.ts";
import type { LedgerThread } from "../../src/domain/ledger-input.ts";
import { sum } from "../../src/domain/numbers.ts";
import type { SimulatedAdvice, AdviceKind } from "../../src/domain/simulation.ts";
import { createModelTable } from "../../src/models/resolve.ts";
import { ledgersIn, threadsIn } from "../helpers/ledger.ts";
import { type Reference, REFERENCES } from "./ledger-reference.ts";

const models = createModelTable();

/** What is allowed between the two readings. */
const EXACT = 0.02;
const ESTIMATED = 0.1;
const CHANGE = 0.2;

/** Reads a history and prints its ledger and simulations beside what another reader found, where that is known. */
function evaluate(root: string): void {
  const threads = threadsIn([root], models);
  const rows = new Map(threads.map((thread) => [thread, ledgerRows(thread, models)]));
  const causes = sumCauses(ledgersIn([root], models), "UTC");
  const spend = sum(
    threads.flatMap(({ requests }) => requests.map(({ copied, costNano = 0 }) => (copied ? 0 : costNano))),
  );
  const reference = REFERENCES.find(({ total }) => Math.abs(total - spend / 1e9) < 0.01);
  console.log(`\n${root}: ${causes.requests} requests, $${(spend / 1e9).toFixed(4)}`);
  printInvariant(causes, spend);
  const steps = [...rows].map(([thread, own]) => toSteps(thread, own));
  printUnchanged(threads, steps);
  if (reference) printLeaves(causes, reference);
  printChanges(steps, reference);
}

function printInvariant({ causes, axes }: CostCauses, spend: number): void {
  const groups = sum(causes.filter(({ parent }) => parent === null).map(({ nano }) => nano));
  console.log(`Leaves less spend, in nano-dollars: ${(groups - spend).toFixed(3)}`);
  for (const [axis, rows] of Object.entries(axes))
    console.log(`  by ${axis}: ${(sum(rows.map(({ nano }) => nano)) - spend).toFixed(3)}`);
}

function isMain({ agentId }: { agentId: string }): boolean {
  return agentId === "";
}

/** A simulation that remembers what each request read is exact by construction, so the rules are tried without that as well. */
function printUnchanged(threads: readonly LedgerThread[], steps: readonly StepThread[]): void {
  const paid = threads.filter(isMain).flatMap(({ requests }) => requests.filter(({ copied }) => !copied));
  const spend = sum(paid.map(({ costNano = 0 }) => costNano));
  const main = steps.filter(isMain);
  const byRules = main.map((thread) => ({
    ...thread,
    steps: thread.steps.map((step) => ({ ...step, short: 0 })),
  }));
  for (const [how, simulated] of [
    ["as recorded", main],
    ["by the rules alone", byRules],
  ] as const) {
    const off = totalCost(simulated, pricesOfThen(models)) / spend - 1;
    console.log(`Main threads simulated without a change, ${how}: ${percent(off)} of $${usd(spend)}`);
  }
}

function printLeaves({ causes, overhead }: CostCauses, reference: Reference): void {
  const nanoOf = (ids: string) =>
    sum(ids.split("+").map((id) => causes.find((cause) => cause.id === id)?.nano ?? 0)) / 1e9;
  for (const [kind, table, most] of [
    ["exact", reference.exact, EXACT],
    ["estimated", reference.estimated, ESTIMATED],
  ] as const)
    for (const [ids, wanted] of Object.entries(table))
      printLine(`${ids} (${kind})`, nanoOf(ids), wanted, most);
  printLine("overhead", overhead ?? 0, reference.overhead, EXACT);
}

function printChanges(steps: readonly StepThread[], reference: Reference | undefined): void {
  const then = pricesOfThen(models);
  const today = simulate(steps, models, pricesOfToday(steps, models, Date.now()));
  console.log(`Changes one after the other; all tokens at today's prices cost $${usd(today.unchanged)}`);
  for (const advice of today.advice) printAdvice(advice);
  if (!reference) return;
  console.log("At the prices of then, beside the other reading:");
  const own = simulate(steps, models, then).advice;
  const without = simulate(steps, models, then, { kinds: reference.beside }).advice;
  for (const [kinds, wanted] of Object.entries(reference.changes)) {
    const names = kinds.split("+") as AdviceKind[];
    const isBeside = names.some((kind) => reference.beside.includes(kind));
    const found = (isBeside ? own : without).filter(({ kind }) => names.includes(kind));
    printLine(kinds, sum(found.map(({ savedThen }) => savedThen.mid)) / 1e9, wanted, CHANGE);
  }
}

function printAdvice({ kind, subject, saves, savedThen, occasions }: SimulatedAdvice): void {
  console.log(`  ${kind} ${subject}: $${range(saves)}, then $${range(savedThen)}, ${occasions} occasions`);
}

function range({ low, mid, high }: SimulatedAdvice["saves"]): string {
  return `${usd(mid)} (${usd(low)} to ${usd(high)})`;
}

function printLine(name: string, found: number, wanted: number, most: number): void {
  const off = found / wanted - 1;
  const mark = Math.abs(off) <= most ? "  " : "! ";
  console.log(
    `${mark}${name.padEnd(36)} ${found.toFixed(2).padStart(9)} ${wanted.toFixed(2).padStart(9)} ${percent(off)}`,
  );
}

function usd(nano: number): string {
  return (nano / 1e9).toFixed(2);
}

function percent(share: number): string {
  return `${share >= 0 ? "+" : ""}${(share * 100).toFixed(2)} %`;
}

const { values } = parseArgs({ options: { corpus: { type: "string", multiple: true } } });
if (!values.corpus) {
  console.error("eval:ledger: no history named. Expected --corpus DIR, a folder with a projects folder.");
  process.exitCode = 2;
}
for (const root of values.corpus ?? []) evaluate(root);
