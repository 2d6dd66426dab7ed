import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createLineReader, createOutputWindow } from "../../src/executor/process-output.ts";
import { type ProcessRequest, runProcess } from "../../src/executor/process.ts";
import { command } from "../../src/executor/validators/command.ts";
import { toolEnvironment } from "../../src/executor/validators/tool.ts";

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

const elapsed = async (work: () => Promise<unknown>): Promise<number> => {
  const from = performance.now();
  await work();
  return performance.now() - from;
};

/** Whether the process whose id a script wrote into `pid` has ended. */
function hasEnded(): boolean {
  const pid = readFileSync(join(folder, "pid"), "utf8").trim();
  try {
    // A zombie has ended too: its parent has not yet collected it.
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return true;
  }
}

describe("a program that is run", () => {
  it("gets its input; its exit code, its output and its lines are returned", async () => {
    const lines: string[] = [];
    const end = await run("cat; echo two >&2; printf three; exit 3", {
      input: "one\n",
      onLine: (line) => lines.push(line),
    });
    expect(end).toMatchObject({ exitCode: 3, timedOut: false, aborted: false });
    for (const word of ["one\n", "two\n", "three"]) expect(end.output).toContain(word);
    expect(lines).toEqual(["one", "three"]);
  });

  it("is asked to end when its time is up, and at once when the caller stops it", async () => {
    expect(await run("sleep 60", { timeoutMs: 50 })).toMatchObject({ timedOut: true, aborted: false });
    const controller = new AbortController();
    const stopped = run("sleep 60", { signal: controller.signal });
    controller.abort();
    expect(await stopped).toMatchObject({ timedOut: false, aborted: true, killedBy: "SIGTERM" });
  });

  it("is killed when it ignores that", async () => {
    const deaf = "trap '' TERM INT; while :; do sleep 0.1; done";
    expect(await run(deaf, { timeoutMs: 50, stopSignal: "SIGTERM" })).toMatchObject({
      timedOut: true,
      killedBy: "SIGKILL",
    });
  });

  it("that cannot be started is an error of the system", async () => {
    await expect(run("", { command: "no-such-program" })).rejects.toMatchObject({ code: "ENOENT" });
  });
});

describe("what a program leaves running", () => {
  it.each([
    ["in the background", "sleep 60 & echo $! > pid; echo started"],
    ["in a session of its own", "setsid sh -c 'echo $$ > pid; exec sleep 60' & sleep 0.3"],
    [
      "in a session, with its output elsewhere",
      "setsid sh -c 'echo $$ > pid; exec sleep 60' >/dev/null 2>&1 & sleep 0.3",
    ],
  ])("%s is ended, and not waited for", async (_, script) => {
    expect(await elapsed(() => run(script))).toBeLessThan(5000);
    await expect.poll(hasEnded).toBe(true);
  });

  it("cannot hold the pipes open beyond a second, even with an environment of its own", async () => {
    const script = "env -i setsid sh -c 'echo $$ > pid; exec sleep 60' & sleep 0.3; exit 4";
    const ms = await elapsed(async () => expect(await run(script)).toMatchObject({ exitCode: 4 }));
    expect(ms).toBeLessThan(5000);
    process.kill(Number(readFileSync(join(folder, "pid"), "utf8")));
  });

  it("does not stretch a time limit or an abort", async () => {
    const script = "setsid sleep 60 & setsid sh -c 'echo $$ > pid; exec sleep 60' & sleep 60";
    expect(await elapsed(() => run(script, { timeoutMs: 500 }))).toBeLessThan(8000);
    expect(hasEnded()).toBe(true);
    const signal = AbortSignal.timeout(500);
    expect(await elapsed(() => run(script, { signal }))).toBeLessThan(8000);
    expect(hasEnded()).toBe(true);
  });

  it("ends with a command that checks an answer, within the command's time limit", async () => {
    const check = command(["sh", "-c", `setsid sh -c 'echo $$ > ${folder}/pid; exec sleep 60' & sleep 30`], {
      file: "answer.js",
      timeoutMs: 500,
    });
    const answer = { text: "x", message: undefined };
    let verdict: unknown;
    const ms = await elapsed(async () => (verdict = await check.check(answer, new AbortController().signal)));
    expect(verdict).toEqual({ ok: false, reason: "took more than 0.5 s" });
    expect(ms).toBeLessThan(5000);
    expect(hasEnded()).toBe(true);
  });
});

describe("the output of a program", () => {
  it("keeps its beginning and its end if it is long", () => {
    const window = createOutputWindow(3, 4);
    for (const piece of ["ab", "cdefgh", "ijklm"]) window.add(piece);
    expect(window.text()).toBe("abc\n[… 6 characters left out …]\njklm");
  });

  it("a line of 64 MB in pieces of 64 KB is put together in linear time; a longer one than allowed is left out", () => {
    const lines: string[] = [];
    const reader = createLineReader((line) => lines.push(line), 64 * 1024 * 1024);
    const piece = "x".repeat(64 * 1024);
    const from = performance.now();
    for (let count = 0; count < 1024; count++) reader.add(piece);
    reader.add("\nnext\n");
    expect(performance.now() - from).toBeLessThan(2000);
    expect(lines.map(({ length }) => length)).toEqual([64 * 1024 * 1024, 4]);
    for (let count = 0; count < 1025; count++) reader.add(piece);
    reader.add("\nafter");
    reader.end();
    expect(lines.slice(2)).toEqual(["after"]);
  });
});

it("a program that checks a model's code sees paths and the locale, and no secret, whatever its name", () => {
  const names =
    "GITHUB_PAT DATABASE_URL PGPASSWORD NPM_CONFIG__AUTH MY_THING ANTHROPIC_API_KEY AWS_SESSION npm_config_registry NODE_OPTIONS DSN XDG_SECRET LC_SECRET";
  const secrets = Object.fromEntries(names.split(" ").map((name) => [name, "x"]));
  const wanted = { PATH: "/bin", HOME: "/home/dev", LC_ALL: "C", XDG_CACHE_HOME: "/c", TZ: "UTC" };
  expect(toolEnvironment({ ...secrets, ...wanted })).toEqual(wanted);
});
