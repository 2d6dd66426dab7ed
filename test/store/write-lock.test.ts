import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { takeWriteLock } from "../../src/store/write-lock.ts";

const MODULE = join(import.meta.dirname, "../../src/store/write-lock.ts");

const request = (locks: string, patienceMs = 0, folder = "/home/dev/shop") => ({
  folder,
  locks,
  command: "rolecall apply",
  patienceMs,
});

/** A process that holds the lock until it is killed; resolves once it does. */
async function holder(locks: string): Promise<{ pid: number; kill: () => Promise<void> }> {
  const text = `import { takeWriteLock } from ${JSON.stringify(MODULE)};
    await takeWriteLock(${JSON.stringify(request(locks))}); console.log("held"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", text], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return {
    pid: child.pid ?? 0,
    kill: () => {
      child.kill("SIGKILL");
      return ended;
    },
  };
}

it("a folder has one writer, others are told which process it is", async () => {
  const locks = mkdtempSync(join(tmpdir(), "rolecall-locks-"));
  const { pid, kill } = await holder(locks);
  const waited: unknown[] = [];
  await expect(
    takeWriteLock({ ...request(locks, 200), onWait: (who) => waited.push(who?.pid) }),
  ).rejects.toThrow(`/home/dev/shop: process ${pid} (rolecall apply, since `);
  expect(waited).toEqual([pid]);
  const other = await takeWriteLock(request(locks, 0, "/home/dev/other"));
  other();
  await kill();
});

it("a writer that is killed leaves no lock behind, and one that waits gets it", async () => {
  const locks = mkdtempSync(join(tmpdir(), "rolecall-locks-"));
  const { kill } = await holder(locks);
  const next = takeWriteLock(request(locks, 20_000));
  await kill();
  const release = await next;
  release();
  (await takeWriteLock(request(locks)))();
  expect(readdirSync(locks).filter((name) => name.endsWith(".json"))).toEqual([]);
});

it("locks that cannot be kept anywhere are an error with a way on", async () => {
  await expect(takeWriteLock(request("/proc/rolecall"))).rejects.toThrow("write lock cannot be taken");
});
