import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Gives a run of the tests a temporary folder of its own, and removes it with all that they left there. */
export default function setup(): (() => void) | undefined {
  if (process.env["TMPDIR"]?.includes(PREFIX)) return undefined; // a second project of the same run
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  chmodSync(folder, 0o755); // some tests run commands as another user
  process.env["TMPDIR"] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

const PREFIX = "rolecall-tests-";
