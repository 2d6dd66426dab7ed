import { join } from "node:path";
import { expect, it } from "vitest";
import { readFallbacks } from "../../src/operations/fallbacks.ts";
import { openHistory } from "../../src/history/open-history.ts";
import { openAttemptLog } from "../../src/store/attempts.ts";
import { attemptOf } from "../helpers/attempts.ts";

const RECORDING = join(import.meta.dirname, "../../fixtures/recordings/a-plain");
/** The only session of the recording: Sonnet, whose tests pass. */
const SESSION = "d07a5803-087c-47c8-89da-462179476202";

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
      attemptOf(0, { tier: "sonnet", result: "rejected", session: SESSION, reason: "the check failed" }),
    );
    log.record(attemptOf(1, { tier: "opus", model: "claude-opus-5-5", session: "elsewhere" }));
    expect(sonnet()).toMatchObject({ accepted: 0, escalated: 1 });
  } finally {
    history.close();
  }
});
