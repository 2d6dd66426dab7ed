import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AT, type FileScan, type ScanResult, STOP_REASONS, WIDTH } from "../../src/domain/file-scan.ts";
import { unpackContent } from "../../src/domain/pack-content.ts";
import { createObserver } from "../../src/transcripts/observe/observe.ts";
import { findContent } from "../../src/transcripts/reader/find-content.ts";
import { compileWalk } from "../../src/transcripts/reader/module.ts";
import { createScanner, type Finders } from "../../src/transcripts/scan.ts";
import type { Findings, Request } from "./reference-reader.ts";

/** A scanner for both readings and for content, or with an observer of the test's own. */
export const newScanner = (finders: Finders = {}) =>
  createScanner(compileWalk(), { createObserver, findContent, ...finders });

type Read = Extract<ScanResult, { status: "read" }>;

/** Both readings of a job that can be done. */
export function bothOf(result: ScanResult): Read & Required<Pick<Read, "requests" | "events">> {
  if (result.status !== "read" || !result.requests || !result.events) throw new Error(JSON.stringify(result));
  return { ...result, requests: result.requests, events: result.events };
}

const folder = mkdtempSync(join(tmpdir(), "rolecall-reading-"));
const scanner = newScanner();

/** Reads a transcript of these bytes, as a file of its own. */
export function readBytes(transcript: Buffer | string): Findings {
  const path = join(folder, "transcript.jsonl");
  writeFileSync(path, transcript);
  return readFile(path);
}

/** Reads a transcript in the form that tests compare. */
export function readFile(path: string): Findings {
  const { requests, events, content } = bothOf(
    scanner.scan({ path, requests: {}, events: {}, content: true }),
  );
  const { threads, missed } = unpackContent(content ?? "");
  return {
    ...findingsOf(requests.scan),
    events: JSON.parse(events.events) as unknown,
    content: { threads, missed },
  };
}

function findingsOf(scan: FileScan): Omit<Findings, "events" | "content"> {
  const { counts, unknown, cwd, firstAt, lastAt, clientCosts } = scan;
  return { counts, unknown, cwd, firstAt, lastAt, clientCosts, requests: requestsOf(scan) };
}

/** The requests of a scan, one object each. */
export function requestsOf({ keys, numbers, contexts, otherStops }: FileScan): Request[] {
  if (keys === "") return [];
  return keys.split("\n").map((key, index) => {
    const row = numbers.subarray(index * WIDTH, (index + 1) * WIDTH);
    const column = (name: keyof typeof AT) => row[AT[name]] as number;
    const context = contexts[column("context")];
    if (!context) throw new Error(`no context ${column("context")}`);
    return {
      key,
      at: column("at"),
      line: column("line"),
      stop: [...STOP_REASONS, ...otherStops][column("stop")] as string,
      context,
      usage: {
        input: column("input"),
        output: column("output"),
        thinking: column("thinking"),
        cacheWrite5m: column("cacheWrite5m"),
        cacheWrite1h: column("cacheWrite1h"),
        cacheRead: column("cacheRead"),
        webSearches: column("webSearches"),
      },
    };
  });
}
