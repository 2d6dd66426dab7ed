import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createOutputWindow, type ProcessRequest, runProcess } from "../../src/cascade/process.ts";

const folder = mkdtempSync(join(tmpdir(), "rolecall-process-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (script: string, more: Partial<ProcessRequest> = {}) =>
  runProcess({
    command: "sh",
    args: ["-c", script],
    cwd: folder,
    env: process.env,
    timeoutMs: 20_000,
    signal: new AbortController().signal,
    stopSignal: "SIGTERM",
    ...more,
  });

describe("a program that a cascade runs", () => {
  it("gets its input, and says how it ended and what it printed, line by line where that is wanted", async () => {
    const lines: string[] = [];
    const end = await run("cat; echo two >&2; printf three; exit 3", {
      input: "one\n",
      onLine: (line) => lines.push(line),
    });
    expect(end).toMatchObject({ exitCode: 3, timedOut: false, aborted: false });
    for (const word of ["one\n", "two\n", "three"]) expect(end.output).toContain(word);
    expect(lines).toEqual(["one", "three"]);
  });

  it("does not wait for what it left in the background, and leaves nothing of it", async () => {
    await run("sleep 60 & echo $! > pid; echo started");
    const pid = readFileSync(join(folder, "pid"), "utf8").trim();
    const stat = () => readFileSync(`/proc/${pid}/stat`, "utf8");
    await expect.poll(() => isGone(stat)).toBe(true);
  });

  it("is asked to end when its time is up, and at once when the caller stops it", async () => {
    expect(await run("sleep 60", { timeoutMs: 50 })).toMatchObject({ timedOut: true, aborted: false });
    const controller = new AbortController();
    const stopped = run("sleep 60", { signal: controller.signal });
    controller.abort();
    expect(await stopped).toMatchObject({ timedOut: false, aborted: true, killedBy: "SIGTERM" });
  });

  it("that cannot be started is an error of the system", async () => {
    await expect(run("", { command: "no-such-program" })).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("keeps the beginning and the end of a long output", () => {
    const window = createOutputWindow(3, 4);
    for (const piece of ["ab", "cdefgh", "ijklm"]) window.add(piece);
    expect(window.text()).toBe("abc\n[… 6 characters left out …]\njklm");
  });
});

/** Ended, or ended and not yet collected by its parent. */
function isGone(stat: () => string): boolean {
  try {
    return /\) Z /.test(stat());
  } catch {
    return true;
  }
}
