import Database from "better-sqlite3";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

// Loaded with --import into a process that a test wants to kill. Counts what the process does to the disk: changes of files,
// writes that are half done, and SQL statements. Sends itself SIGKILL just before number KILL_AT; without KILL_AT, prints how
// many there were on stderr when it ends. So a kill lands where the test wants it, however busy the machine is.

const killAt = Number(process.env["KILL_AT"] ?? Infinity);
const write = fs.writeFileSync;
let steps = 0;

/** Counts a step; if it is the one to die at, does `half` of it first. */
function step(half?: () => void): void {
  if (steps++ !== killAt) return;
  half?.();
  process.kill(process.pid, "SIGKILL");
}

function watch(target: object, name: string): void {
  const call = Reflect.get(target, name) as (...args: unknown[]) => unknown;
  Reflect.set(target, name, function (this: unknown, ...args: unknown[]) {
    step();
    return call.apply(this, args);
  });
}

for (const name of ["mkdirSync", "renameSync", "linkSync", "rmSync", "rmdirSync"]) watch(fs, name);
fs.writeFileSync = (file, data, options) => {
  step();
  if (typeof data !== "string")
    step(() => write(file, new Uint8Array(data.buffer, data.byteOffset, data.byteLength >> 1), options));
  write(file, data, options);
};
syncBuiltinESMExports();

const statement = new Database(":memory:").prepare("SELECT 1");
for (const name of ["run", "get", "all", "iterate"]) watch(Object.getPrototypeOf(statement) as object, name);
watch(Database.prototype, "exec");

if (killAt === Infinity) process.on("exit", () => write(2, `${steps} steps\n`));
