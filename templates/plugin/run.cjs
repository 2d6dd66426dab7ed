// Starts rolecall for the plugin: the package that this folder is a part of, otherwise the command on the PATH.
// It is plain CommonJS without a dependency, because it runs for every hook.
"use strict";

const args = process.argv.slice(2);
const isHook = args[0] === "hook";

// The exit code 2 of a hook would stop Claude Code. An old Node runs nothing and stays silent.
if (isHook && Number(process.versions.napi) < 10) process.exit(0);

const own = require("node:path").join(__dirname, "..", "dist", "cli", "bin.js");
if (require("node:fs").existsSync(own)) require(own);
else {
  const { spawnSync } = require("node:child_process");
  const isWindows = process.platform === "win32";
  const { status, error } = spawnSync("rolecall", args, { stdio: "inherit", shell: isWindows });
  if (error && !isHook) process.stderr.write(`rolecall: not found; try npm install --global rolecall\n`);
  process.exitCode = isHook ? 0 : (status ?? 2);
}
