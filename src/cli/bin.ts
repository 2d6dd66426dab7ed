#!/usr/bin/env node
// Nothing native and no other module before this check: an older Node would crash on them instead of saying why.
// The SQLite binding wants version 10 of Node-API: 22.14 is the first with it, and 23.6 of those with an odd number.
if (Number(process.versions.napi) < 10) {
  process.stderr.write(`rolecall: needs Node 22.14 or newer, this is ${process.versions.node}\n`);
  process.exitCode = 2;
} else {
  // Compiled code is kept in the system's temporary folder: the next start is sooner.
  process.getBuiltinModule("node:module").enableCompileCache();
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // `rolecall … | head` closes the pipe early, and that is no error.
    if (error.code === "EPIPE") process.exit(process.exitCode);
    process.stderr.write(`rolecall: the output could not be written: ${error.message}\n`);
    process.exit(2);
  });
  process.stderr.on("error", () => {}); // nobody can be told
  const [{ main }, { processIo }] = await Promise.all([import("./main.ts"), import("./io.ts")]);
  process.exitCode = await main(process.argv.slice(2), processIo());
  // All is said and done: taking the memory apart piece by piece would be felt.
  process.stdout.write("", (error) => error ?? process.stderr.write("", () => process.exit()));
}
