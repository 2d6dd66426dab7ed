import { existsSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import { quoted } from "../agents/edit-hooks.ts";

/** Returns how Claude Code starts this rolecall: by its name if that is the one on the PATH, otherwise by its place. */
export function ownCommand(env: NodeJS.ProcessEnv): string {
  const bin = ["bin.js", "bin.ts"].map((name) => join(import.meta.dirname, name)).find(existsSync) ?? "";
  const onPath = (env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, "rolecall"))
    .find(existsSync);
  if (onPath !== undefined && realpathSync(onPath) === realpathSync(bin)) return "rolecall";
  return `${quoted(process.execPath)} ${quoted(bin)}`;
}
