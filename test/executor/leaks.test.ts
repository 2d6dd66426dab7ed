import { getEventListeners } from "node:events";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, describe, expect, it, vi } from "vitest";
import { SAME_MODEL } from "../../src/executor/chain.ts";
import { command } from "../../src/executor/validators/command.ts";
import { jsonSchema } from "../../src/executor/validators/schema.ts";
import { openAttemptLog } from "../../src/store/attempts.ts";
import { openStore } from "../../src/store/open.ts";
import { createRawExecutor, endOf, message, type RawApi, startRawApi } from "../helpers/raw-api.ts";

let api: RawApi;
afterEach(() => api.close());

const checkFolders = (): string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith("rolecall-check-"));
const children = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === "ProcessWrap").length;

describe("one abort signal", () => {
  it("ends 1,000 runs at once; every one is on record, and no listener, child, file or warning is left", async () => {
    const warnings: string[] = [];
    const onWarning = ({ message: text }: Error): void => void warnings.push(text);
    process.on("warning", onWarning);
    const before = new Set(checkFolders()); // Tests beside this one may have some, and remove them.
    const left = (): string[] => checkFolders().filter((name) => !before.has(name));
    let asked = 0;
    const half = Promise.withResolvers<void>();
    api = await startRawApi(({ body }) => {
      if (++asked === 500) half.resolve();
      // Some are being checked, the others hang before or within their answer.
      if (body.stream) return { events: [{ event: "ping", data: { type: "ping" } }, "hang"] };
      return asked % 4 === 0 ? { json: message(body.model, "x") } : { events: ["hang"] };
    });
    const telemetry = openAttemptLog(openStore(":memory:"));
    const executor = await createRawExecutor(api, SAME_MODEL, { telemetry });
    const stop = new AbortController();
    const checks = [
      command(["sleep", "60"], { file: "a" }),
      jsonSchema({ type: "string", pattern: "^(a+)+$" }),
    ];
    const request = { taskType: "t", prompt: "p", signal: stop.signal, validate: checks };
    const running = Array.from({ length: 1000 }, (_, run) =>
      endOf(run % 2 ? executor.stream(request).result : executor.run(request)),
    );
    await half.promise;
    stop.abort(new Error("enough"));
    const began = performance.now();
    const ends = await Promise.all(running);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(new Set(ends.map(({ reason }) => reason))).toEqual(new Set(["aborted"]));
    const attempts = ends.flatMap(({ attempts: made = [] }) => made);
    expect(telemetry.attempts()).toHaveLength(attempts.length);
    expect(attempts.length).toBeGreaterThanOrEqual(api.requests.length);
    expect(getEventListeners(stop.signal, "abort")).toEqual([]);
    // A run ends before what its checks started is gone.
    await vi.waitFor(() => expect([left(), children()]).toEqual([[], 0]), 5000);
    expect(warnings).toEqual([]);
    process.off("warning", onWarning);
  });

  it("340 runs that end well and a stream leave nothing on it either", async () => {
    api = await startRawApi(({ body }) => ({ json: message(body.model, "x") }));
    const executor = await createRawExecutor(api, SAME_MODEL);
    const stop = new AbortController();
    const request = { taskType: "t", prompt: "p", signal: stop.signal };
    for (let run = 0; run < 300; run++) await executor.run(request);
    await Promise.all(Array.from({ length: 40 }, () => executor.run(request)));
    await endOf(executor.stream(request).result);
    expect(getEventListeners(stop.signal, "abort")).toEqual([]);
  });
});
