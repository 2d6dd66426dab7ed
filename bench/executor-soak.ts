import Anthropic from "@anthropic-ai/sdk";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  createAnthropicSender,
  createExecutor,
  openAttemptLog,
  openBreakers,
  openStore,
  SONNET_TO_OPUS,
} from "../src/index.ts";
import type { ServerOrder, ServerReport } from "./soak-server.ts";

/**
 * The executor under load: 5,000 runs, 50 at a time, half of them streamed, with a fifth of the requests going wrong and a
 * whole model gone for a while. The server lives in a process of its own, attempts and breakers in a real store.
 */
const REQUESTS = Number(process.argv[2] ?? 5000);
const AT_ONCE = 50;
const MODEL = "claude-sonnet-5-5";
const WAIT_MS = 20;
const OUTAGE_MS = 3000;

const server = fork(join(import.meta.dirname, "soak-server.ts"));
const [port] = (await once(server, "message")) as [number];
const baseURL = `http://127.0.0.1:${port}`;
const folder = mkdtempSync(join(tmpdir(), "rolecall-soak-"));
const store = openStore(join(folder, "soak.db"));
const log = openAttemptLog(store);
const breakers = openBreakers(store);

const client = new Anthropic({ apiKey: "made-up", baseURL, maxRetries: 0 });
const executor = createExecutor({
  policy: SONNET_TO_OPUS,
  sender: createAnthropicSender({ apiKey: "made-up", baseUrl: baseURL }),
  telemetry: log,
  breakers,
  breaker: { openMs: 1000 },
  retry: { retries: 12, baseDelayMs: WAIT_MS, maxDelayMs: WAIT_MS * 8 },
});

type Work = (number: number) => Promise<unknown>;
const params = (number: number) => ({
  model: MODEL,
  max_tokens: 1024,
  messages: [{ role: "user" as const, content: `work ${number}` }],
});

/** The SDK alone, in the plainest retry loop with the same waits. */
const bare: Work = async (number) => {
  for (let retry = 0; ; retry++)
    try {
      const message =
        number % 2
          ? await client.messages.stream(params(number)).finalMessage()
          : await client.messages.create(params(number));
      if (message.stop_reason !== null) return;
    } catch {
      await sleep(Math.random() * Math.min(WAIT_MS * 8, WAIT_MS * 2 ** retry));
    }
};
const routed: Work = (number) => {
  const request = { taskType: "soak", prompt: `work ${number}`, maxTokens: 1024 };
  return number % 2 ? executor.stream(request).result : executor.run(request);
};

interface Load {
  seconds: number;
  medianMs: number;
  /** CPU of this process per request. */
  cpuMs: number;
  /** Heap after a collection, at ten moments. */
  heapMb: number[];
  failed: number;
}

async function load(work: Work, count: number): Promise<Load> {
  const [latencies, heapMb]: [number[], number[]] = [[], []];
  let [next, failed] = [0, 0];
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const worker = async (): Promise<void> => {
    while (next < count) {
      const number = next++;
      if (number % (count / 10) === 0) heapMb.push(heapAfterCollection());
      const at = performance.now();
      await work(number).catch(() => failed++);
      latencies.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - began) / 1000;
  return { seconds, medianMs: median(latencies), cpuMs: (user + system) / 1000 / count, heapMb, failed };
}

function heapAfterCollection(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

async function order(to: ChildProcess, what: ServerOrder): Promise<ServerReport> {
  to.send(what);
  const [report] = (await once(to, "message")) as [ServerReport];
  return report;
}

const lines: [what: string, figure: string, held: boolean | undefined][] = [];
const tell = (what: string, figure: string, held?: boolean): void => void lines.push([what, figure, held]);

// Without faults, in turns, so that both meet the same machine.
await order(server, { order: "reset", faultShare: 0 });
await load(bare, 500);
await load(routed, 500);
const turns = 5;
const pairs: { bare: Load; routed: Load }[] = [];
for (let turn = 0; turn < turns; turn++)
  pairs.push({ bare: await load(bare, 1000), routed: await load(routed, 1000) });
const overheadMs = median(pairs.map(({ bare: a, routed: b }) => b.medianMs - a.medianMs));
const ratio = median(pairs.map(({ bare: a, routed: b }) => a.seconds / b.seconds));
const cpu = median(pairs.map(({ bare: a, routed: b }) => b.cpuMs - a.cpuMs));
tell("overhead at the median, no faults", `${overheadMs.toFixed(2)} ms`, overheadMs <= 2);
tell("CPU per request on top of the SDK's", `${cpu.toFixed(2)} ms`);
tell("throughput against the bare SDK, no faults", ratio.toFixed(3), ratio >= 0.9);

// A fifth of the requests goes wrong, on both, in turns as well.
const faulty: { bare: Load; routed: Load; report: ServerReport }[] = [];
const before = log.list(0).length;
for (let turn = 0; turn < turns; turn++) {
  const again: ServerOrder = { order: "reset", faultShare: 0.2, seed: turn + 1 };
  await order(server, again);
  const alone = await load(bare, REQUESTS / turns);
  await order(server, again);
  const soaked = await load(routed, REQUESTS / turns);
  faulty.push({ bare: alone, routed: soaked, report: await order(server, { order: "report" }) });
}
const total = (of: (turn: (typeof faulty)[number]) => number): number =>
  faulty.reduce((sum, turn) => sum + of(turn), 0);
const kept = log.list(0).length - before;
const requests = total(({ report }) => report.requests);
const faultRatio = median(faulty.map(({ bare: a, routed: b }) => a.seconds / b.seconds));
const [failed, done, twice] = [
  total(({ routed: { failed: lost } }) => lost),
  total(({ report }) => report.done),
  total(({ report }) => report.twice),
];
tell("throughput against the bare SDK, 20 % faults", faultRatio.toFixed(3), faultRatio >= 0.9);
tell("runs without an answer", String(failed), failed === 0);
tell("work done / asked for", `${done} / ${REQUESTS}`, done === REQUESTS);
tell("work done twice", String(twice), twice === 0);
tell("faults met", `${total(({ report }) => report.faults)} of ${requests} requests`);
tell("attempts on record / requests", `${kept} / ${requests}`, kept === requests);
const heapMb = faulty.flatMap(({ routed: { heapMb: samples } }) => samples.slice(1));
const third = Math.floor(heapMb.length / 3);
const [early, late] = [median(heapMb.slice(0, third)), median(heapMb.slice(-third))];
tell("heap in the first and last third", `${early.toFixed(1)} MB, ${late.toFixed(1)} MB`, late - early < 5);

// The first model is gone for a while.
executor.breakers.reset();
const since = Date.now();
await order(server, { order: "reset", faultShare: 0, outageAt: 500, outageMs: OUTAGE_MS });
const outage = await load(routed, 3000);
const gone = await order(server, { order: "report" });
const kinds = breakers
  .events(since)
  .toReversed()
  .map(({ kind }) => kind);
tell("outage: runs without an answer", String(outage.failed), outage.failed === 0);
tell(
  "outage: requests to the model that was gone",
  String(gone.duringOutage),
  gone.duringOutage <= 2 * AT_ONCE,
);
tell("outage: the breaker", kinds.join(" → "), kinds[0] === "opened" && kinds.at(-1) === "closed");

for (const [what, figure, held] of lines)
  console.log(`${held === undefined ? " " : held ? "✓" : "✗"} ${what.padEnd(46)} ${figure}`);
process.exitCode = lines.some(([, , held]) => held === false) ? 1 : 0;
server.kill();
store.close();
rmSync(folder, { recursive: true, force: true });
