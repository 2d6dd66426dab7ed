#!/usr/bin/env node
// Nothing native and no other module before this check: an older Node would crash on them instead of saying why.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(`rolecall: needs Node 22.12 or newer, this is ${process.versions.node}\n`);
  process.exitCode = 2;
} else {
  // Compiled code is kept in the system's temporary folder: the next start is sooner.
  process.getBuiltinModule("node:module").enableCompileCache();
  // `rolecall … | head` closes the pipe early, and that is no error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(process.exitCode);
  });
  const [{ main }, { processIo }] = await Promise.all([import("./main.ts"), import("./io.ts")]);
  process.exitCode = await main(process.argv.slice(2), processIo());
}
