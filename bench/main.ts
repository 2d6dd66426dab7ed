import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeCorpus } from "./corpus.ts";
import { median, type Run, runOnce } from "./measure.ts";

// Whole processes, in turn within one run, so that a machine that changes its speed changes it for all of them. Times are
// medians; quote the ratios.
const { values } = parseArgs({
  options: {
    "size-mb": { type: "string", default: "1000" },
    runs: { type: "string", default: "5" },
    /** Also a corpus four times as large. */
    large: { type: "boolean", default: false },
    /** A corpus of many small transcripts: a dozen sub-agents a session in place of one or two. */
    small: { type: "boolean", default: false },
  },
});
const PEER = "ccusage";
const PEER_VERSION = "20.0.24";
const scratch = join(tmpdir(), "rolecall-bench");
const sizeMb = Number(values["size-mb"]);
const runs = Number(values.runs);
const bin = join(import.meta.dirname, "../dist/cli/bin.js");
if (!existsSync(bin)) throw new Error("npm run build comes first");

const corpus = makeCorpus(sizeMb);
const peer = installPeer();
const db = join(scratch, "bench.db");

const files = globSync("**/*.jsonl", { cwd: corpus }).map((path) => join(corpus, path));
console.log(`${sizeMb} MB in ${files.length} transcripts, medians of ${runs}, in turn\n`);
const cold: Run[] = [];
const other: Run[] = [];
const warm: Run[] = [];
const full: Run[] = [];
const floor: Run[] = [];
for (let run = 0; run <= runs; run++) {
  floor.push(await runOnce(["cat", ...files], process.env));
  other.push(await runOnce([peer, "claude", "daily", "--json", "--offline", "--breakdown"], envFor(corpus)));
  forget();
  full.push(await runOnce(rolecall("fallbacks", "--days", "200", "--json"), envFor(corpus)));
  forget();
  cold.push(await runOnce(rolecall("spend", "--by", "day,model", "--json"), envFor(corpus)));
  warm.push(await runOnce(rolecall("spend", "--by", "day,model", "--json"), envFor(corpus)));
}
const peerMs = report(`${PEER} ${PEER_VERSION} daily`, other);
report("cat (the floor)", floor, peerMs);
report("rolecall spend, no store", cold, peerMs);
report("rolecall fallbacks, no store", full, peerMs);
report("rolecall spend, nothing new", warm, peerMs);
report("rolecall spend, one file grew by 1 MB", await grown(), peerMs);
report("rolecall --help", await repeat(rolecall("--help")), peerMs);
if (values.large) await large();

function report(name: string, [, ...counted]: readonly Run[], against?: number): number {
  const wallMs = median(counted.map((run) => run.wallMs));
  const peakMb = Math.max(...counted.map((run) => run.peakMb));
  const ratio = against === undefined ? "" : `${(wallMs / against).toFixed(2)} × ${PEER}`;
  console.log(
    `${name.padEnd(40)} ${(wallMs / 1000).toFixed(3).padStart(8)} s  ${peakMb.toFixed(0).padStart(5)} MB  ${ratio}`,
  );
  return wallMs;
}

async function repeat(command: readonly string[]): Promise<Run[]> {
  const all: Run[] = [];
  for (let run = 0; run <= runs; run++) all.push(await runOnce(command, envFor(corpus)));
  return all;
}

/** Each run after the same file became larger by a megabyte of its own lines; taken back at the end. */
async function grown(): Promise<Run[]> {
  const [path = ""] = globSync("projects/*/*.jsonl", { cwd: corpus }).map((name) => join(corpus, name));
  const before = readFileSync(path);
  const lines = before.subarray(0, before.lastIndexOf(10, 1 << 20) + 1);
  await runOnce(rolecall("fallbacks", "--json"), envFor(corpus));
  const all: Run[] = [];
  for (let run = 0; run <= runs; run++) {
    appendFileSync(path, lines);
    all.push(await runOnce(rolecall("spend", "--by", "day,model", "--json"), envFor(corpus)));
  }
  truncateSync(path, before.length);
  return all;
}

async function large(): Promise<void> {
  const root = makeCorpus(sizeMb * 4);
  const all: Run[] = [];
  for (let run = 0; run < 3; run++) {
    forget();
    all.push(await runOnce(rolecall("spend", "--by", "day,model", "--json"), envFor(root)));
  }
  const ms = report(`rolecall spend, no store, ${sizeMb * 4} MB`, all);
  console.log(
    `${(ms / median(cold.slice(1).map((run) => run.wallMs))).toFixed(2)} times the time of ${sizeMb} MB`,
  );
}

function makeCorpus(megabytes: number): string {
  const folder = join(scratch, `corpus-${megabytes}${values.small ? "-small" : ""}`);
  if (existsSync(join(folder, "truth.json"))) return folder;
  mkdirSync(folder, { recursive: true });
  writeCorpus(folder, {
    seed: 11,
    projects: 24,
    sessions: Math.round(megabytes * 0.7),
    bytes: megabytes * 1e6,
    ...(!values.small && { agents: { share: 0.017, bytes: 80_000 } }),
  });
  return folder;
}

/** The peer's native binary: its launcher would add a Node start. */
function installPeer(): string {
  const folder = join(scratch, "peers");
  mkdirSync(folder, { recursive: true });
  execFileSync("npm", [
    "install",
    "--prefix",
    folder,
    "--no-audit",
    "--no-fund",
    "--silent",
    `${PEER}@${PEER_VERSION}`,
  ]);
  const [binary] = globSync(`node_modules/@ccusage/*/bin/${PEER}`, { cwd: folder });
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
  for (const end of ["", "-wal", "-shm"]) rmSync(`${db}${end}`, { force: true });
}
