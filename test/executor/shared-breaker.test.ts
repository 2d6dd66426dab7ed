import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { openBreakers } from "../../src/store/breakers.ts";
import { openStore } from "../../src/store/open.ts";
import { message, startRawApi } from "../helpers/raw-api.ts";
import { temporaryFolder } from "../helpers/spend.ts";

const PROCESS = join(import.meta.dirname, "../helpers/breaker-process.ts");
const OPEN_MS = 400;
const OUTAGE_MS = 1500;
const PROCESSES = 2;
/** Runs of all processes at the same time. */
const AT_ONCE = 10 * PROCESSES;

it("two processes send one probe at a time, and its answer closes the breaker for both", async () => {
  let goneUntil = 0;
  const toGone: number[] = [];
  const seen = new Set<unknown>();
  const api = await startRawApi(({ body: { model, messages } }) => {
    const isSonnet = model.includes("sonnet");
    seen.add(messages[0]?.content);
    if (seen.size === PROCESSES && api.requests.length > 50) goneUntil ||= Date.now() + OUTAGE_MS;
    if (!isSonnet || Date.now() > goneUntil) return { json: message(model, "x") };
    toGone.push(Date.now());
    return { status: 503, json: { type: "error", error: { type: "api_error", message: "gone" } } };
  });
  const file = join(temporaryFolder(), "store.db");
  const store = openStore(file);
  const args = [PROCESS, file, api.url, String(OPEN_MS)];
  const ran = await Promise.all(
    Array.from({ length: PROCESSES }, () =>
      promisify(execFile)(process.execPath, args, { env: process.env }),
    ),
  );
  await api.close();

  const events = openBreakers(store).events(0).toReversed();
  const kinds = events.map(({ kind }) => kind);
  const probes = kinds.filter((kind) => kind === "probing").length;
  expect(kinds.join(" ")).toMatch(/^opened(?: probing reopened)+ probing closed$/);
  expect(new Set(events.map(({ key }) => key))).toEqual(new Set(["anthropic/claude-sonnet-5-5"]));
  // Only what follows is certain: a late answer from before the outage may end a row of failures, so that more than five open it.
  const openedAt = events[0]?.at ?? 0;
  const onTheirWay = AT_ONCE - 1;
  expect(toGone.filter((at) => at > openedAt).length).toBeLessThanOrEqual(onTheirWay + probes - 1);
  for (const { stdout } of ran)
    expect((JSON.parse(stdout) as string[]).slice(-20)).toEqual(Array.from({ length: 20 }, () => "sonnet"));
}, 60_000);
