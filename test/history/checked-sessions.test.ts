import { join } from "node:path";
import { expect, it } from "vitest";
import type { Attempt } from "../../src/domain/attempt.ts";
import { NO_USAGE } from "../../src/domain/usage.ts";
import { readFallbacks } from "../../src/operations/fallbacks.ts";
import { openHistory } from "../../src/history/open-history.ts";
import { openAttemptLog } from "../../src/store/attempts.ts";

const RECORDING = join(import.meta.dirname, "../../fixtures/recordings/a-plain");
/** The only session of the recording: Sonnet, whose tests pass. */
const SESSION = "d07a5803-087c-47c8-89da-462179476202";

const attempt = (index: number, fields: Partial<Attempt>): Attempt => ({
  id: `a${index}`,
  run: "r",
  source: "cascade",
  taskType: "cascade",
  policy: "cascade",
  index,
  step: index,
  cause: index === 0 ? "first" : "escalation",
  provider: "anthropic",
  model: "claude-sonnet-5-5",
  streamed: true,
  at: Date.UTC(2026, 10, 21),
  delayMs: 0,
  latencyMs: 0,
  result: "accepted",
  usage: NO_USAGE,
  ...fields,
});

it("fallbacks count a cascade's session by what its check said, whatever the transcript shows", async () => {
  const history = await openHistory(
    { claudeDirs: [RECORDING], db: ":memory:" },
    process.env,
    import.meta.dirname,
  );
  try {
    const sonnet = () =>
      readFallbacks(history, { timezone: "UTC" }).tiers.find(({ tier }) => tier === "sonnet")?.outcomes;
    expect(sonnet()).toMatchObject({ accepted: 1, escalated: 0 });

    const log = openAttemptLog(history.store);
    log.record(
      attempt(0, { tier: "sonnet", result: "rejected", session: SESSION, reason: "the check failed" }),
    );
    log.record(attempt(1, { tier: "opus", model: "claude-opus-5-5", session: "elsewhere" }));
    expect(sonnet()).toMatchObject({ accepted: 0, escalated: 1 });
  } finally {
    history.close();
  }
});
