#!/usr/bin/env node
// Nothing native and no other module before this check: an older Node would crash on them instead of saying why.
// The SQLite binding wants version 10 of Node-API: 22.14 is the first with it, and 23.6 of those with an odd number.
if (Number(process.versions.napi) < 10) {
  process.stderr.write(`rolecall: needs Node 22.14 or newer, this is ${process.versions.node}\n`);
  process.exitCode = 2;
} else {
  // Compiled code is kept in the system's temporary folder: the next start is sooner.
  process.getBuiltinModule("node:module").enableCompileCache();
  void run();
}

async function run(): Promise<void> {
  const [{ start }, { processIo, whenWritten }] = await Promise.all([
    import("./start.ts"),
    import("./io.ts"),
  ]);
  process.exitCode = await start(process.argv.slice(2), processIo());
  // Freeing the memory piece by piece would take 10 ms.
  whenWritten(() => process.exit());
}
