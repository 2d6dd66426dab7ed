import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createObserver } from "../../src/transcripts/observe/observe.ts";
import { describe, expect, it } from "vitest";
import type { Event } from "../../src/domain/event.ts";
import type { ScanJob, ScanResult } from "../../src/domain/file-scan.ts";
import { TranscriptBugError } from "../../src/errors.ts";
import { scanFiles } from "../../src/transcripts/scan-pool.ts";
import { answer, toolResult } from "../helpers/lines.ts";
import { bothOf, newScanner, readFile, requestsOf } from "../helpers/reading.ts";
import { temporaryFolder } from "../helpers/spend.ts";
import { withoutEarly } from "../helpers/closing-events.ts";

const FIXTURES = join(import.meta.dirname, "../../fixtures");
const transcripts = globSync("{recordings,claude-home}/**/projects/**/*.jsonl", { cwd: FIXTURES })
  .sort()
  .map((path) => join(FIXTURES, path));

function fileOf(...lines: string[]): string {
  const path = join(temporaryFolder(), "s.jsonl");
  writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
  return path;
}

/** The time in a key is that of the first line that was read: the store knows what was read before. */
const untimed = ({ key }: { key: string }): string => key.replace(/@\d+$/, "");

describe("the two readings of a file", () => {
  const scanner = newScanner();

  it("are done only if they are wanted", () => {
    const path = fileOf(answer(1), toolResult("x"));
    expect(scanner.scan({ path })).toEqual({ status: "read" });
    expect(scanner.scan({ path, requests: {} })).toMatchObject({ requests: { scan: { keys: "msg_011" } } });
    expect(scanner.scan({ path, requests: {} })).not.toHaveProperty("events");
    expect(scanner.scan({ path, events: {} })).not.toHaveProperty("requests");
  });

  it("go on from where each of them ended, with the same result as in one go", () => {
    for (const path of transcripts) {
      const bytes = readFileSync(path);
      const copy = join(temporaryFolder(), "copy.jsonl");
      writeFileSync(copy, bytes.subarray(0, bytes.length >> 1));
      const first = bothOf(scanner.scan({ path: copy, requests: {}, events: {} }));
      const eventsBefore = { ...first.events, ...first.events.readTo, firstAt: Number.NaN };
      const requestsBefore = {
        ...first.requests,
        ...first.requests.readTo,
        firstAt: first.requests.scan.firstAt,
      };
      // Requests are read twice more, events once.
      writeFileSync(copy, bytes.subarray(0, (bytes.length * 3) >> 2));
      const second = scanner.scan({ path: copy, requests: { before: requestsBefore } });
      writeFileSync(copy, bytes);
      if (second.status !== "read" || !second.requests) throw new Error(path);
      const { readTo, fingerprint, scan } = second.requests;
      const third = bothOf(
        scanner.scan({
          path: copy,
          requests: { before: { ...readTo, fingerprint, firstAt: scan.firstAt } },
          events: { before: eventsBefore },
        }),
      );
      const whole = bothOf(scanner.scan({ path, requests: {}, events: {} }));
      expect([path, third.requests.readTo, third.events.readTo]).toEqual([
        path,
        whole.requests.readTo,
        whole.events.readTo,
      ]);
      expect([path, third.requests.rewritten, third.events.rewritten]).toEqual([path, false, false]);
      expect([path, third.requests.scan.firstAt]).toEqual([path, whole.requests.scan.firstAt]);
      expect([path, JSON.parse(third.events.observer)]).toEqual([path, JSON.parse(whole.events.observer)]);
      expect([path, withoutEarly([first, third].flatMap(eventsOf))]).toEqual([
        path,
        withoutEarly(eventsOf(whole)),
      ]);
      const lines = [first.requests.scan, scan, third.requests.scan].flatMap(requestsOf).map(untimed);
      expect([path, new Set(lines)]).toEqual([path, new Set(requestsOf(whole.requests.scan).map(untimed))]);
    }
  });

  it("start again if what was read has changed", () => {
    const path = fileOf(answer(1), answer(2));
    const first = bothOf(scanner.scan({ path, requests: {}, events: {} }));
    writeFileSync(path, `${answer(3)}\n${answer(4)}\n${answer(5)}\n`);
    const before = { ...first.events, ...first.events.readTo, firstAt: Number.NaN };
    const second = bothOf(scanner.scan({ path, requests: { before }, events: { before } }));
    expect([second.requests.rewritten, second.events.rewritten]).toEqual([true, true]);
    expect(second.requests.scan.keys).toBe("msg_013\nmsg_014\nmsg_015");
  });

  it("of two scanners on one thread do not mix", () => {
    const [a, b] = [newScanner(), newScanner()];
    const paths = transcripts.slice(0, 40);
    const alone = paths.map((path) => readFile(path));
    const mixed = paths.map((path, index) => {
      const other = paths.at(-index) as string;
      b.scan({ path: other, requests: {}, events: {} });
      const { requests, events } = bothOf(a.scan({ path, requests: {}, events: {} }));
      return { requests: requestsOf(requests.scan), events: JSON.parse(events.events) as unknown };
    });
    expect(mixed).toEqual(alone.map(({ requests, events }) => ({ requests, events })));
  });
});

/** Counts of tools are given out at the end of each reading. */
function eventsOf({ events }: ReturnType<typeof bothOf>): Event[] {
  return (JSON.parse(events.events) as Event[]).filter(({ kind }) => kind !== "tools");
}

describe("files that cannot be read", () => {
  const scanner = newScanner();

  it("are pipes, which are not waited for", () => {
    const path = join(temporaryFolder(), "pipe.jsonl");
    execFileSync("mkfifo", [path]);
    expect(scanner.scan({ path, requests: {} })).toEqual({
      status: "unreadable",
      message: `${path}: not a regular file`,
    });
  });

  it("are folders", () => {
    const path = join(temporaryFolder(), "folder.jsonl");
    mkdirSync(path);
    expect(scanner.scan({ path, requests: {} })).toMatchObject({ status: "unreadable" });
  });

  it.skipIf(process.getuid?.() === 0)("are those of others", () => {
    const path = fileOf(answer(1));
    chmodSync(path, 0);
    expect(scanner.scan({ path, requests: {} })).toMatchObject({
      status: "unreadable",
      message: expect.stringContaining("EACCES") as string,
    });
  });

  it("are those behind a file", () => {
    const path = join(fileOf(answer(1)), "s.jsonl");
    expect(scanner.scan({ path, requests: {} })).toMatchObject({
      status: "unreadable",
      message: expect.stringContaining("ENOTDIR") as string,
    });
  });

  it("are gone", () =>
    expect(scanner.scan({ path: "/nowhere/s.jsonl", requests: {} })).toEqual({ status: "gone" }));
});

/** A job whose reading fails in our own code: the observer's state is no JSON. */
function jobWithBug(path: string): ScanJob {
  const { events } = bothOf(newScanner().scan({ path, requests: {}, events: {} }));
  return { path, events: { before: { ...events, ...events.readTo, firstAt: Number.NaN, observer: "{" } } };
}

const failingObserver = () =>
  Object.assign(createObserver(), {
    entry: () => {
      throw new TypeError("no");
    },
  });

describe("bugs", () => {
  it("are thrown with the file and the line, and do not make a file unreadable", () => {
    const path = fileOf(answer(1), answer(2));
    let thrown: unknown;
    const scanner = newScanner();
    try {
      scanner.scan({ ...jobWithBug(path), requests: {} });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(TranscriptBugError);
    expect(thrown).toMatchObject({ path, cause: expect.any(SyntaxError) as unknown });
    expect(String(thrown)).toContain(`bug while reading ${path}, line `);
  });

  it("name the line that they happened on", () => {
    const path = fileOf(answer(1), toolResult("x"), prompt);
    const scanner = newScanner({ createObserver: failingObserver });
    expect(() => scanner.scan({ path, events: {} })).toThrow(`bug while reading ${path}, line 3: no`);
  });

  const prompt = JSON.stringify({ type: "user", message: { role: "user", content: "hi" } });

  it.each([1, 400 << 20])("end the reading of many files, with %i bytes to read as well", async (bytes) => {
    const sound = Array.from({ length: 30 }, (_, index) => fileOf(answer(index)));
    const path = fileOf(answer(1));
    const jobs = [...sound.map((path) => ({ path, requests: {} })), jobWithBug(path)];
    const reading = scanFiles(
      jobs.map((job) => ({ ...job, bytes })),
      () => {},
    );
    await expect(reading).rejects.toThrow(TranscriptBugError);
    await expect(reading).rejects.toMatchObject({ path, message: expect.stringContaining(path) as string });
  });
});

describe("reading many files", () => {
  it.each([1, 400 << 20])("gives each its result, with %i bytes to read each", async (bytes) => {
    const found = new Map<string, ScanResult>();
    await scanFiles(
      transcripts.map((path) => ({ path, requests: {}, events: {}, bytes })),
      (job, result) => found.set(job.path, result),
    );
    expect([...found.keys()].sort()).toEqual(transcripts);
    const scanner = newScanner();
    for (const [path, result] of found)
      expect(result).toEqual(scanner.scan({ path, requests: {}, events: {} }));
  });

  it("ends with what the caller throws", async () => {
    const path = fileOf(answer(1));
    appendFileSync(path, "\n");
    const reading = scanFiles([{ path, requests: {}, bytes: 1 }], () => {
      throw new Error("enough");
    });
    await expect(reading).rejects.toThrow("enough");
  });
});
