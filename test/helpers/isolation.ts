import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

// Every test file gets a home of its own: nothing here can read or write the machine's ~/.claude or its store.
const home = mkdtempSync(join(tmpdir(), "rolecall-test-home-"));
Object.assign(process.env, {
  HOME: home,
  XDG_CONFIG_HOME: join(home, ".config"),
  XDG_DATA_HOME: join(home, ".local/share"),
  XDG_CACHE_HOME: join(home, ".cache"),
  XDG_STATE_HOME: join(home, ".local/state"),
  CLAUDE_CONFIG_DIR: join(home, ".claude"),
  ROLECALL_DB: join(home, "rolecall.db"),
  NO_COLOR: "1",
  TZ: "UTC",
});
delete process.env["FORCE_COLOR"];

// A home with thousands of transcripts takes a while on a busy disk.
afterAll(() => rmSync(home, { recursive: true, force: true }), 60_000);
