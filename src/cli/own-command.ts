import { existsSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Returns the words by which Claude Code starts this rolecall: its name if that is the one on the PATH, otherwise its place. */
export function ownCommand(env: NodeJS.ProcessEnv): string[] {
  const bin = ["bin.js", "bin.ts"].map((name) => join(import.meta.dirname, name)).find(existsSync) ?? "";
  const onPath = (env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, "rolecall"))
    .find(existsSync);
  if (onPath !== undefined && realpathSync(onPath) === realpathSync(bin)) return ["rolecall"];
  return [process.execPath, bin];
}
