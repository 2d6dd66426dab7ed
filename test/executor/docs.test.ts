import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Failure } from "../../src/domain/attempt.ts";
import { FAILURE_RULES } from "../../src/executor/classify.ts";
import { GIVE_UPS } from "../../src/executor/decide.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../../docs/executor.md"), "utf8");

describe("docs/executor.md", () => {
  it("names every reason for giving up", () => {
    for (const reason of Object.keys(GIVE_UPS)) expect(PAGE).toMatch(new RegExp(`\`${reason}\`.*\\|`));
  });

  it("its error table is the one that is carried out", () => {
    const rows = PAGE.matchAll(
      /^\| (`[a-z` -]+`) \| .+? \| (yes|no) \| (yes|no|larger context|other provider) \| (yes|no) \|$/gm,
    );
    const written = new Map(
      [...rows].flatMap(([, names = "", retry, next, breaker]) =>
        [...names.matchAll(/`([a-z-]+)`/g)].map(([, name = ""]): [string, object] => [
          name,
          {
            retry: retry === "yes",
            walk: next === "yes" || next === "larger context",
            endsProvider: next === "other provider",
            breaker: breaker === "yes",
          },
        ]),
      ),
    );
    for (const [failure, rule] of Object.entries(FAILURE_RULES))
      expect([failure, written.get(failure as Failure)]).toEqual([failure, rule]);
  });
});
