import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fromUsd, toUsd } from "../../src/domain/money.ts";
import { openHistory } from "../../src/history/open-history.ts";
import { type Reconciliation, readReconciliation } from "../../src/operations/reconcile.ts";
import { temporaryFolder } from "../helpers/spend.ts";

const RECORDINGS = join(import.meta.dirname, "../../fixtures/recordings");

const reconcile = (name: string) => reconcileBelow(join(RECORDINGS, name));

async function reconcileBelow(root: string): Promise<Reconciliation[]> {
  const history = await openHistory({ claudeDirs: [root], db: ":memory:" }, process.env, process.cwd());
  try {
    return readReconciliation(history, { timezone: "UTC" }, undefined);
  } finally {
    history.close();
  }
}

const differing = (rows: readonly Reconciliation[]) =>
  Object.fromEntries(
    rows
      .filter(({ unattributedNano }) => unattributedNano !== 0)
      .map((row) => [row.session.slice(0, 8), toUsd(row.unattributedNano)]),
  );

/** Everything in the recordings that differs, each for a reason that their notes give. */
const REMAINDERS: Record<string, Record<string, number>> = {
  // A refused answer without content leaves no line.
  "e-refusal": { a755d2bc: 0.00606 },
  // The request of a compaction leaves no line.
  "g-tui-compact-clear": { "777d5ca4": 0.0138 },
  // Its forks begin with the count of the whole session, and their lines with the compaction.
  "g-tui-compact-clear-332": { "18da1ebd": 0.0138, ae9dd50f: 0.027656, "04caeb4c": 0.027656 },
  "tui-switch-error-332": { df29388c: 0.0276 },
  // Models that the client does not know go at its default model's price: four that nobody has a price for, and Claude 3 Opus.
  "f-resume-models": {
    "91ed1a9d": 0.007724,
    "9aff1071": 0.007724,
    d6da820c: 0.007724,
    a4a563d8: 0.0020248,
    e39488ad: -0.030241,
  },
  // `modelOverrides` sends another id than the client prices; the other one is no model at all.
  "k-settings": { "1b7dcd92": -0.004931, eb0ba53a: 0.007724 },
};

describe("reconciliation with the client's own count", () => {
  it.each(readdirSync(RECORDINGS))("%s: every session's count is the client's", async (name) => {
    const { costState } = JSON.parse(readFileSync(join(RECORDINGS, name, "expected.json"), "utf8")) as {
      costState: Record<string, number>;
    };
    const counts = (await reconcile(name)).map(({ session, clientNano }) => [session, toUsd(clientNano)]);
    expect(Object.fromEntries(counts)).toEqual(
      Object.fromEntries(Object.entries(costState).map(([session, usd]) => [session, toUsd(fromUsd(usd))])),
    );
  });

  it.each(readdirSync(RECORDINGS))(
    "%s: the lines add up to it, but for what leaves no line",
    async (name) => {
      expect(differing(await reconcile(name))).toEqual(REMAINDERS[name] ?? {});
    },
  );

  it("says which calls are known to leave no line", async () => {
    const [refused] = await reconcile("e-refusal");
    const [compacted] = await reconcile("g-tui-compact-clear");
    expect(refused?.causes).toEqual({ compactions: 0, refusals: 1, cut: 0, unpriced: 0 });
    expect(compacted?.causes).toEqual({ compactions: 1, refusals: 0, cut: 0, unpriced: 0 });
  });

  it("names the project of a session without a single request by the folder that its entries name", async () => {
    const root = temporaryFolder();
    const folder = join(root, "projects/-home-dev-my-shop");
    mkdirSync(folder, { recursive: true });
    const entry = { sessionId: "s-1", cwd: "/home/dev/my-shop", timestamp: "2026-11-20T09:00:00.000Z" };
    const lines = [
      { ...entry, type: "user", uuid: "u1", message: { role: "user", content: "Check the cart" } },
      { ...entry, type: "cost-state", totalCostUSD: 0 },
    ];
    writeFileSync(join(folder, "s-1.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    const [row] = await reconcileBelow(root);
    expect(row).toMatchObject({ session: "s-1", project: "/home/dev/my-shop", unattributedNano: 0 });
  });
});
