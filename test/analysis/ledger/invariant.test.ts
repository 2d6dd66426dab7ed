import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sumCauses } from "../../../src/analysis/ledger/cost-causes.ts";
import { filterLedgers, type LedgerFilter } from "../../../src/analysis/ledger/filter.ts";
import { ledgerRows } from "../../../src/analysis/ledger/rows.ts";
import { CAUSE_AXES } from "../../../src/domain/cost-causes.ts";
import type { LedgerThread } from "../../../src/domain/ledger-input.ts";
import { sum } from "../../../src/domain/numbers.ts";
import { promptTokens } from "../../../src/domain/usage.ts";
import { createModelTable } from "../../../src/models/resolve.ts";
import { createRandom } from "../../../src/advice/statistics/random.ts";
import { ledgersIn, threadsIn } from "../../helpers/ledger.ts";
import { addUpAtRandom } from "../../helpers/random-filters.ts";

const FIXTURES = join(import.meta.dirname, "../../../fixtures");
const models = createModelTable();
const folders = (name: string) =>
  readdirSync(join(FIXTURES, name)).map((entry) => join(FIXTURES, name, entry));
const roots = [...folders("recordings"), ...folders("claude-home"), join(FIXTURES, "demo")];

const paidIn = (threads: readonly LedgerThread[]) =>
  threads.flatMap(({ requests }) => requests.filter(({ copied }) => !copied));

describe("each dollar has one cause", () => {
  it.each(roots)("%s: leaves and axes add up to the spend", (root) => {
    const threads = threadsIn([root], models);
    const spend = sum(paidIn(threads).map(({ costNano = 0 }) => costNano));
    const { causes, axes, nano } = sumCauses(ledgersIn([root], models), "UTC");
    expect(nano).toBeCloseTo(spend, 3);
    const groups = causes.filter(({ parent }) => parent === null);
    expect(sum(groups.map((cause) => cause.nano))).toBeCloseTo(spend, 3);
    for (const group of groups)
      expect(sum(causes.filter(({ parent }) => parent === group.id).map((cause) => cause.nano))).toBeCloseTo(
        group.nano,
        3,
      );
    for (const axis of CAUSE_AXES) expect(sum(axes[axis].map((row) => row.nano))).toBeCloseTo(spend, 3);
  });

  it.each(roots)("%s: the parts of a request are its tokens", (root) => {
    for (const thread of threadsIn([root], models))
      ledgerRows(thread, models).forEach(({ parts }, index) => {
        const { usage, copied } = thread.requests[index] as LedgerThread["requests"][number];
        const tokens = sum(parts.map((part) => part.tokens));
        expect(tokens).toBe(copied ? 0 : promptTokens(usage) + usage.output + usage.webSearches);
      });
  });

  it.each(folders("recordings"))("%s: as much as the real client was billed", (root) => {
    const { transcripts } = JSON.parse(readFileSync(join(root, "expected.json"), "utf8")) as {
      transcripts: { byModel: Record<string, { costUsd: number; unpriced?: number }> };
    };
    const wanted = sum(
      Object.values(transcripts.byModel).map(({ costUsd, unpriced }) => (unpriced ? 0 : costUsd)),
    );
    const { nano } = sumCauses(ledgersIn([root], models), "UTC");
    expect(nano / 1e9).toBeCloseTo(wanted, 9);
  });

  it.each(roots)("%s: whatever the filter", (root) => {
    const sums = addUpAtRandom(threadsIn([root], models), ledgersIn([root], models), createRandom(15), 60);
    for (const { spend, requests, leaves, axes, counted } of sums) {
      expect(leaves).toBeCloseTo(spend, 3);
      for (const nano of axes) expect(nano).toBeCloseTo(spend, 3);
      expect(counted).toBe(requests);
    }
  });

  it("by day, model, agent, branch and project", () => {
    const threads = threadsIn([join(FIXTURES, "demo")], models);
    const ledgers = ledgersIn([join(FIXTURES, "demo")], models);
    const noon = Date.parse("2026-11-10T12:00:00Z");
    const filters: readonly (readonly [
      LedgerFilter,
      (thread: LedgerThread, request: LedgerThread["requests"][number]) => boolean,
    ])[] = [
      [{ since: noon }, (_, { at }) => at >= noon],
      [{ until: noon }, (_, { at }) => at < noon],
      [{ model: (model) => model.includes("opus") }, (_, { model }) => model.includes("opus")],
      [{ agent: (agent) => agent !== "main" }, ({ agentId }) => agentId !== ""],
      [{ branch: (branch) => branch === "main" }, (_, { branch }) => branch === "main"],
      [{ project: (project) => project.includes("shop") }, ({ project }) => project.includes("shop")],
    ];
    for (const [filter, keeps] of filters) {
      const kept = threads.flatMap((thread) =>
        thread.requests.filter((request) => !request.copied && keeps(thread, request)),
      );
      const { nano, requests } = sumCauses(filterLedgers(ledgers, filter), "UTC");
      expect(nano).toBeCloseTo(sum(kept.map(({ costNano = 0 }) => costNano)), 3);
      expect(requests).toBe(kept.filter(({ part }) => !part).length);
    }
  });
});
