import Database from "better-sqlite3";
import { cpSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Attempt } from "../../src/domain/attempt.ts";
import { openAttemptLog } from "../../src/store/attempts.ts";
import { openBreakers } from "../../src/store/breakers.ts";
import { openStore } from "../../src/store/open.ts";
import { attemptOf } from "../helpers/attempts.ts";

const attempt = (fields: Partial<Attempt>): Attempt =>
  attemptOf(0, { id: "a", source: "executor", at: 1000, ...fields });

describe("the log of attempts", () => {
  it("gives back what was recorded, in order of time", () => {
    const log = openAttemptLog(openStore(":memory:"));
    const [late, early] = [attempt({ id: "b", at: 2000, costNano: 5 }), attempt({ id: "a", status: 529 })];
    log.record(late);
    log.record(early);
    expect(log.list(0)).toEqual([early, late]);
    expect(log.list(1500)).toEqual([late]);
    expect(log.list(0, 2000)).toEqual([early]);
  });

  it("keeps an attempt once, however often it is recorded", () => {
    const log = openAttemptLog(openStore(":memory:"));
    log.record(attempt({ costNano: 7 }));
    log.record(attempt({ costNano: 7 }));
    expect(log.spentSince(0)).toBe(7);
    expect(log.list(0)).toHaveLength(1);
  });

  it("sums what was spent since a moment, leaving the unpriced out", () => {
    const log = openAttemptLog(openStore(":memory:"));
    log.record(attempt({ id: "a", at: 10, costNano: 100 }));
    log.record(attempt({ id: "b", at: 20, costNano: 0.25 }));
    log.record(attempt({ id: "c", at: 30 }));
    expect(log.spentSince(20)).toBe(0.25);
  });
});

describe("attempts of an older store", () => {
  it("come over without the reasons, which held text", () => {
    const file = join(mkdtempSync(join(tmpdir(), "rolecall-attempts-")), "store.db");
    cpSync(join(import.meta.dirname, "../../fixtures/stores/format-2.db"), file);
    const old = new Database(file);
    const kept = { ...attempt({ costNano: 7 }), reason: "what a check printed" };
    old.prepare("INSERT INTO attempts VALUES (?, ?, ?, ?)").run(kept.at, kept.id, 7, JSON.stringify(kept));
    old.close();
    const store = openStore(file);
    expect(openAttemptLog(store).attempts()).toEqual([attempt({ costNano: 7 })]);
    store.close();
  });
});

describe("breakers in the store", () => {
  it("are one and the same for two openers of the file", () => {
    const file = join(mkdtempSync(join(tmpdir(), "rolecall-breakers-")), "store.db");
    const [one, other] = [openBreakers(openStore(file)), openBreakers(openStore(file))];
    one.change("anthropic/x", 5, () => ({
      record: { failures: 5, openedAt: 5 },
      event: "opened",
      answer: {},
    }));
    expect(other.read("anthropic/x")).toEqual({ failures: 5, openedAt: 5 });
    expect(other.list()).toEqual([{ key: "anthropic/x", record: { failures: 5, openedAt: 5 } }]);
    expect(other.events(0)).toEqual([{ key: "anthropic/x", kind: "opened", at: 5 }]);
  });

  it("change nothing where nothing is decided", () => {
    const breakers = openBreakers(openStore(":memory:"));
    expect(breakers.change("k", 1, (record) => ({ answer: record }))).toEqual({ failures: 0 });
    expect(breakers.read("k")).toBeUndefined();
  });
});
