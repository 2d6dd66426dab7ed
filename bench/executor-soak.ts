import Anthropic from "@anthropic-ai/sdk";
import { type ChildProcess, fork } from "node:child_process";
import { getEventListeners, once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AT_ONCE, createSoakExecutor, runWork, WAIT_MS } from "./soak-executor.ts";
import type { ServerOrder, ServerReport } from "./soak-server.ts";

/**
 * The executor under load: 5,000 runs, 50 at a time, half of them streamed, with a fifth of the requests going wrong, a
 * whole model gone for a while, the same with a second process, and 1,000 runs under one abort signal. The server lives in
 * a process of its own, attempts and breakers in a real store.
 */
const REQUESTS = Number(process.argv[2] ?? 5000);
const MODEL = "claude-sonnet-5-5";
const OUTAGE_MS = 3000;

const server = fork(join(import.meta.dirname, "soak-server.ts"));
const [port] = (await once(server, "message")) as [number];
const baseURL = `http://127.0.0.1:${port}`;
const folder = mkdtempSync(join(tmpdir(), "rolecall-soak-"));
const file = join(folder, "soak.db");
const { executor, log, breakers, store } = createSoakExecutor(baseURL, file);
const client = new Anthropic({ apiKey: "made-up", baseURL, maxRetries: 0 });

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
  /** Until 95 % were done: the rest is the wait of the unluckiest, whom `slowestMs` shows. */
  seconds: number;
  slowestMs: number;
  medianMs: number;
  /** CPU of this process per request. */
  cpuMs: number;
  /** Heap after a collection, at ten moments. */
  heapMb: number[];
  failed: number;
}

async function load(work: Work, count: number): Promise<Load> {
  const [latencies, heapMb]: [number[], number[]] = [[], []];
  let [next, failed, seconds] = [0, 0, 0];
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const worker = async (): Promise<void> => {
    while (next < count) {
      const number = next++;
      if (number % (count / 10) === 0) heapMb.push(heapAfterCollection());
      const at = performance.now();
      await work(number).catch(() => failed++);
      latencies.push(performance.now() - at);
      if (latencies.length === count * 0.95) seconds = (performance.now() - began) / 1000;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const { user, system } = process.cpuUsage(cpu);
  const [medianMs, slowestMs] = [median(latencies), Math.max(...latencies)];
  return { seconds, slowestMs, medianMs, cpuMs: (user + system) / 1000 / count, heapMb, failed };
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

const lines: [what: string, measured: string, held: boolean | undefined][] = [];
const tell = (what: string, measured: string, held?: boolean): void =>
  void lines.push([what, measured, held]);

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
const before = log.attempts().length;
const faultySince = Date.now();
for (let turn = 0; turn < turns; turn++) {
  const again: ServerOrder = { order: "reset", faultShare: 0.2, seed: turn + 1 };
  await order(server, again);
  const alone = await load(bare, REQUESTS / turns);
  await order(server, again);
  const soaked = await load(routed, REQUESTS / turns);
  faulty.push({ bare: alone, routed: soaked, report: await order(server, { order: "report" }) });
}
const openedByChance = breakers.events(faultySince).filter(({ kind }) => kind === "opened").length;
const total = (of: (turn: (typeof faulty)[number]) => number): number =>
  faulty.reduce((sum, turn) => sum + of(turn), 0);
const recorded = log.attempts().slice(before);
const kept = recorded.length;
const tokens = (of: (usage: (typeof recorded)[number]["usage"]) => number): number =>
  recorded.reduce((sum, { usage }) => sum + of(usage), 0);
const requests = total(({ report }) => report.requests);
const faultRatio = median(faulty.map(({ bare: a, routed: b }) => a.seconds / b.seconds));
const [failed, done, twice] = [
  total(({ routed: { failed: lost } }) => lost),
  total(({ report }) => report.done),
  total(({ report }) => report.twice),
];
tell("throughput against the bare SDK, 20 % faults", faultRatio.toFixed(3), faultRatio >= 0.9);
const faultCpu = median(faulty.map(({ bare: a, routed: b }) => b.cpuMs - a.cpuMs));
const [slowBare, slowRouted] = [
  median(faulty.map(({ bare: { slowestMs } }) => slowestMs)),
  median(faulty.map(({ routed: { slowestMs } }) => slowestMs)),
];
tell("CPU per request on top of the SDK's, 20 % faults", `${faultCpu.toFixed(2)} ms`);
tell("slowest run, bare SDK and executor", `${slowBare.toFixed(0)} ms, ${slowRouted.toFixed(0)} ms`);
tell("breakers that chance opened", String(openedByChance));
tell("runs without an answer", String(failed), failed === 0);
tell("work done / asked for", `${done} / ${REQUESTS}`, done === REQUESTS);
tell("work done twice", String(twice), twice === 0);
tell("faults", `${total(({ report }) => report.faults)} of ${requests} requests`);
tell("attempts on record / requests", `${kept} / ${requests}`, kept === requests);
const [input, output] = [tokens((usage) => usage.input), tokens((usage) => usage.output)];
const said = [total(({ report }) => report.inputTokens), total(({ report }) => report.outputTokens)];
tell(
  "tokens on record / said by the API",
  `${input} + ${output} / ${said.join(" + ")}`,
  input === said[0] && output === said[1],
);
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

// The same with a second process on the same store: they share the breaker. Both work for longer than the outage lasts.
const EACH = 3000;
executor.breakers.reset();
const peer = fork(join(import.meta.dirname, "soak-peer.ts"), [baseURL, file, String(EACH)]);
await once(peer, "message");
const shareSince = Date.now();
await order(server, { order: "reset", faultShare: 0, outageAt: 500, outageMs: OUTAGE_MS });
const peerEnds = once(peer, "message") as Promise<[number]>;
peer.send("go");
const [mine, [theirs]] = await Promise.all([runWork(executor, EACH, "mine"), peerEnds]);
const shared = await order(server, { order: "report" });
const changes = breakers.events(shareSince).map(({ kind }) => kind);
const count = (kind: string): number => changes.filter((each) => each === kind).length;
tell("two processes: runs without an answer", String(mine + theirs), mine + theirs === 0);
tell(
  "two processes: requests to the model that was gone",
  String(shared.duringOutage),
  shared.duringOutage <= 3 * AT_ONCE,
);
tell(
  "two processes: probes, and what came of them",
  `${count("probing")}: ${count("reopened")} reopened, ${count("closed")} closed`,
  count("opened") === 1 && count("probing") === count("reopened") + count("closed") && count("closed") === 1,
);

// A thousand runs under one signal, which aborts while all of them are on their way.
const warnings: string[] = [];
process.on("warning", ({ message }) => void warnings.push(message));
await order(server, { order: "reset", faultShare: 0, hangs: true });
const recordedBefore = log.attempts().length;
const stop = new AbortController();
const hanging = Array.from({ length: 1000 }, (_, number) => {
  const request = { taskType: "soak", prompt: `abort ${number}`, maxTokens: 1024, signal: stop.signal };
  return (number % 2 ? executor.stream(request).result : executor.run(request)).then(
    () => "answered",
    ({ reason }: { reason?: string }) => reason ?? "thrown",
  );
});
while ((await order(server, { order: "report" })).requests < 1000) await sleep(50);
const abortedAt = performance.now();
stop.abort();
const reasons = new Set(await Promise.all(hanging));
const abortMs = performance.now() - abortedAt;
const aborted = log.attempts().length - recordedBefore;
const listeners = getEventListeners(stop.signal, "abort").length;
tell("1,000 runs under one signal end as", [...reasons].join(", "), [...reasons].join() === "aborted");
tell("1,000 runs: time to the last end", `${abortMs.toFixed(0)} ms`, abortMs < 2000);
tell("1,000 runs: attempts on record", String(aborted), aborted === 1000);
tell(
  "1,000 runs: listeners left, warnings",
  `${listeners}, ${warnings.length}`,
  listeners + warnings.length === 0,
);

for (const [what, measured, held] of lines)
  console.log(`${held === undefined ? " " : held ? "✓" : "✗"} ${what.padEnd(52)} ${measured}`);
process.exitCode = lines.some(([, , held]) => held === false) ? 1 : 0;
server.kill();
store.close();
rmSync(folder, { recursive: true, force: true });
