import { execFileSync } from "node:child_process";
import {
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { commitAll } from "./real-client.ts";

const ARCHIVES = join(import.meta.dirname, "../../fixtures/advice");
/** The histories end the day before. */
export const HISTORY_NOW = Date.parse("2026-11-27T00:00:00Z");

/** A history of fixtures/advice in a folder of its own: its project is a repository whose sessions are those of the history. */
export interface KnownHistory {
  cwd: string;
  env: { CLAUDE_CONFIG_DIR: string; ROLECALL_DB: string };
}

/** Unpacks a history. `files` are committed to its project besides its own. */
export function unpackHistory(name: string, files: Readonly<Record<string, string>> = {}): KnownHistory {
  const folder = mkdtempSync(join(tmpdir(), "rolecall-history-"));
  const input = zstdDecompressSync(readFileSync(join(ARCHIVES, `${name}.tar.zst`)));
  execFileSync("tar", ["-xf", "-"], { cwd: folder, input });
  const [cwd, config] = [join(folder, "project"), join(folder, "config")];
  mkdirSync(cwd, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(cwd, path, ".."), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
  commitAll(cwd);
  moveSessions(join(config, "projects"), cwd);
  return { cwd, env: { CLAUDE_CONFIG_DIR: config, ROLECALL_DB: join(folder, "rolecall.db") } };
}

/** Puts another working folder into transcripts, and calls their folder by it as Claude Code does. */
function moveSessions(projects: string, cwd: string): void {
  for (const project of readdirSync(projects)) {
    for (const path of globSync("**/*.jsonl", { cwd: join(projects, project) })) {
      const file = join(projects, project, path);
      const text = readFileSync(file, "utf8");
      const before = /"cwd":"([^"]*)"/.exec(text)?.[1];
      if (before) writeFileSync(file, text.replaceAll(before, cwd));
    }
    renameSync(join(projects, project), join(projects, cwd.replaceAll(/[^A-Za-z0-9]/g, "-")));
  }
}
