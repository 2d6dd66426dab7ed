import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
} from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { writeCorpus } from "./corpus.ts";
import { measureHooks } from "./hooks.ts";
import { median, type Run, runOnce } from "./measure.ts";
import { fitLine, plot, type Point } from "./scaling.ts";

// Whole processes, in turn within one run, so that a machine that changes its speed changes it for all of them. Times are medians, ratios
// are medians of the ratios of runs that followed each other. Quote the ratios.
const { values } = parseArgs({
  options: {
    /** In megabytes. */
    sizes: { type: "string", default: "20,100,400,1000" },
    runs: { type: "string", default: "9" },
    /** Also a corpus of 4 GB. */
    large: { type: "boolean", default: false },
    /** Also 1 GB in many small transcripts: a dozen sub-agents a session in place of one or two. */
    small: { type: "boolean", default: false },
    /** Also a real history: a folder like ~/.claude (repeatable). It is only read. */
    history: { type: "string", multiple: true, default: [] },
    /** Runs of each hook and of the status line; 0 leaves them out. */
    hooks: { type: "string", default: "100" },
    /** Another build of rolecall. */
    bin: { type: "string", default: join(import.meta.dirname, "../dist/cli/bin.js") },
  },
});
const PEER = "ccusage";
const PEER_VERSION = "20.0.24";
const scratch = join(tmpdir(), "rolecall-bench");
const runs = Number(values.runs);
const bin = values.bin;
if (!existsSync(bin)) throw new Error("npm run build comes first");
const peer = installPeer();
const db = join(scratch, "bench.db");

/** A folder of transcripts to measure. */
interface Corpus {
  name: string;
  root: string;
  /** Made up: a line may be appended, and taken back. */
  isOwn: boolean;
}

const SPEND = ["spend", "--all", "--by", "day,model", "--json"];
const ALL_TASKS = ["fallbacks", "--all", "--json"];
/** The floor for whatever runs in Node: one pass over the bytes. */
const PASS = `const fs = require("fs"), path = require("path"), room = Buffer.alloc(1 << 20);
let lines = 0;
for (const name of fs.readdirSync(process.argv[1], { recursive: true })) {
  if (!name.endsWith(".jsonl")) continue;
  const file = fs.openSync(path.join(process.argv[1], name));
  for (let read; (read = fs.readSync(file, room)) > 0;) for (let at = -1; (at = room.indexOf(10, at + 1)) >= 0 && at < read;) lines++;
  fs.closeSync(file);
}`;

const cold: Point[] = [];
const warm: Point[] = [];

console.log(
  `${availableParallelism()} processors, Node ${process.versions.node}, ${PEER} ${PEER_VERSION}, medians of ${runs}`,
);
if (Number(values.hooks) > 0) measureHooks(bin, scratch, Number(values.hooks));
const sizes = [...values.sizes.split(",").map(Number), ...(values.large ? [4000] : [])];
for (const megabytes of sizes)
  await measure({ name: `${megabytes} MB`, root: makeCorpus(megabytes, false), isOwn: true });
if (values.small)
  await measure({ name: "1000 MB in small files", root: makeCorpus(1000, true), isOwn: true });
for (const root of values.history) await measure({ name: basename(root), root, isOwn: false });
reportScaling();

async function measure(corpus: Corpus): Promise<void> {
  const files = globSync("projects/**/*.jsonl", { cwd: corpus.root }).map((path) => join(corpus.root, path));
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  const env = envFor(corpus.root);
  const lists = {
    node: [],
    cat: [],
    pass: [],
    peer: [],
    cold: [],
    warm: [],
    line: [],
    tasks: [],
    warmTasks: [],
  } as Record<string, Run[]>;
  const run = async (name: string, ...command: string[]) => lists[name]?.push(await runOnce(command, env));
  for (let turn = 0; turn <= runs; turn++) {
    await run("node", process.execPath, "-e", "0");
    await run(
      "cat",
      "sh",
      "-c",
      'find "$1" -name "*.jsonl" -exec cat {} +',
      "sh",
      join(corpus.root, "projects"),
    );
    await run("pass", process.execPath, "-e", PASS, join(corpus.root, "projects"));
    await run("peer", peer, "claude", "daily", "--json", "--offline", "--breakdown");
    forget();
    await run("tasks", ...rolecall(...ALL_TASKS));
    await run("warmTasks", ...rolecall(...ALL_TASKS));
    forget();
    await run("cold", ...rolecall(...SPEND));
    await run("warm", ...rolecall(...SPEND));
    if (corpus.isOwn) await withAnotherLine(files[0] as string, () => run("line", ...rolecall(...SPEND)));
  }
  const reports = corpus.name === "1000 MB" ? await measureReports(env) : {};
  print(corpus, files.length, bytes / 1e6, { ...lists, ...reports });
}

/** Reports of the last 30 days of the corpus, with nothing new to read. */
async function measureReports(env: NodeJS.ProcessEnv): Promise<Record<string, Run[]>> {
  const lists: Record<string, Run[]> = {};
  for (const name of ["overview", "why", "limits", "roles", "recommend", "fallbacks", "savings", "--help"]) {
    const period = name === "limits" ? [] : ["--since", "2026-10-22"];
    const command = name === "--help" ? [name] : [name, ...period, "--json"];
    const list: Run[] = (lists[`rolecall ${name}, nothing new`] = []);
    for (let turn = 0; turn <= Math.min(runs, 5); turn++) list.push(await runOnce(rolecall(...command), env));
  }
  return lists;
}

function print(
  { name, isOwn }: Corpus,
  files: number,
  megabytes: number,
  lists: Record<string, Run[]>,
): void {
  console.log(`\n${name}: ${megabytes.toFixed(0)} MB in ${files} transcripts`);
  console.log(`${"".padEnd(38)}     wall      CPU  memory   × ${PEER}   beyond node`);
  const labels: Record<string, string> = {
    node: "node -e 0",
    cat: "cat (the machine's floor)",
    pass: "one pass over the bytes in Node",
    peer: `${PEER} daily`,
    cold: "rolecall spend, no store",
    warm: "rolecall spend, nothing new",
    line: "rolecall spend, one line appended",
    tasks: "rolecall fallbacks, no store",
    warmTasks: "rolecall fallbacks, nothing new",
  };
  for (const [key, list] of Object.entries(lists))
    if (list.length > 0) printRow(labels[key] ?? key, list, lists);
  const perGb = (medianOf(lists["tasks"], "cpuMs") - medianOf(lists["cold"], "cpuMs")) / megabytes;
  console.log(`judging all tasks: ${perGb.toFixed(2)} s of CPU per GB above spend`);
  if (!isOwn || name.includes("small")) return;
  cold.push({ megabytes, ms: medianOf(lists["cold"], "wallMs") });
  warm.push({ megabytes, ms: medianOf(lists["warm"], "wallMs") });
}

function printRow(label: string, list: readonly Run[], lists: Record<string, Run[]>): void {
  const [wall, cpu] = [medianOf(list, "wallMs"), medianOf(list, "cpuMs")];
  const peak = Math.max(...list.slice(1).map(({ peakMb }) => peakMb));
  const ratio =
    list.length === lists["peer"]?.length
      ? median(list.slice(1).map(({ wallMs }, at) => wallMs / (lists["peer"]?.[at + 1]?.wallMs ?? 1)))
      : wall / medianOf(lists["peer"], "wallMs");
  const beyond = wall - medianOf(lists["node"], "wallMs");
  console.log(
    `${label.padEnd(38)} ${seconds(wall)} ${seconds(cpu)} ${peak.toFixed(0).padStart(4)} MB ${ratio.toFixed(2).padStart(11)} ${seconds(beyond).padStart(13)}`,
  );
}

/** The first run of each is not counted. */
function medianOf(list: readonly Run[] | undefined, key: "wallMs" | "cpuMs"): number {
  return median((list ?? []).slice(1).map((run) => run[key]));
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`.padStart(8);
}

function reportScaling(): void {
  if (cold.length < 2) return;
  console.log("\nWall time against size, both logarithmic (c: no store, w: nothing new)");
  console.log(plot({ cold, warm }));
  for (const [name, points] of [
    ["no store", cold],
    ["nothing new", warm],
  ] as const) {
    const { fixedMs, msPerGb } = fitLine(points);
    console.log(`${name}: ${fixedMs.toFixed(0)} ms + ${msPerGb.toFixed(0)} ms per GB`);
  }
}

/** Runs something while a file has one line of its own more. */
async function withAnotherLine(path: string, run: () => Promise<unknown>): Promise<void> {
  const before = readFileSync(path);
  appendFileSync(path, before.subarray(0, before.indexOf(10) + 1));
  try {
    await run();
  } finally {
    truncateSync(path, before.length);
  }
}

function makeCorpus(megabytes: number, isSmall: boolean): string {
  const folder = join(scratch, `corpus-v2-${megabytes}${isSmall ? "-small" : ""}`);
  if (existsSync(join(folder, "truth.json"))) return folder;
  mkdirSync(folder, { recursive: true });
  writeCorpus(folder, {
    seed: 11,
    projects: 24,
    sessions: Math.ceil(megabytes * 0.7),
    bytes: megabytes * 1e6,
    ...(!isSmall && { agents: { share: 0.017, bytes: 80_000 } }),
  });
  return folder;
}

/** The peer's native binary: its launcher would add a Node start. */
function installPeer(): string {
  const folder = join(scratch, "peers");
  mkdirSync(folder, { recursive: true });
  const find = () => globSync(`node_modules/@ccusage/*/bin/${PEER}`, { cwd: folder })[0];
  if (find() === undefined)
    execFileSync("npm", [
      "install",
      "--prefix",
      folder,
      "--no-audit",
      "--no-fund",
      "--silent",
      `${PEER}@${PEER_VERSION}`,
    ]);
  const binary = find();
  if (binary === undefined) throw new Error(`${PEER} has no native binary for this platform`);
  chmodSync(join(folder, binary), 0o755);
  return join(folder, binary);
}

function rolecall(...args: string[]): string[] {
  return [process.execPath, bin, ...args];
}

function envFor(root: string): NodeJS.ProcessEnv {
  return { PATH: process.env["PATH"], HOME: scratch, CLAUDE_CONFIG_DIR: root, ROLECALL_DB: db, TZ: "UTC" };
}

function forget(): void {
  for (const end of ["", "-wal", "-shm", ".seal"]) rmSync(`${db}${end}`, { force: true });
}
