import { appendFileSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { createDecoder } from "../../src/transcripts/decode.ts";
import { scanFile, scanWatched } from "../../src/transcripts/scan.ts";
import * as observing from "../../src/transcripts/observe/watch-now.ts";
import { watchLater } from "../../src/transcripts/observe/watch.ts";

const FIXTURES = join(import.meta.dirname, "../../fixtures");

const transcripts = readdirSync(FIXTURES, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".jsonl") && path.includes("projects/"))
  .map((path) => join(FIXTURES, path));

describe("lines noted for later", () => {
  it("there are transcripts to try it on", () => expect(transcripts.length).toBeGreaterThan(100));

  it("come to the same events and requests as looked at in the same pass", () => {
    for (const path of transcripts) {
      const now = scanFile({ path }, observing);
      const later = scanFile({ path, watchLater: true });
      if (now.status !== "read" || later.status !== "read" || !later.scan.watched) throw new Error(path);
      const found = scanWatched(
        {
          path,
          watched: [later.scan.watched],
          offset: later.readTo.offset,
          fingerprint: later.fingerprint,
        },
        observing,
      );
      expect({ path, ...found }).toEqual({ path, events: now.scan.events, observer: now.scan.observer });
      expect(later.scan.numbers).toEqual(now.scan.numbers);
      expect({ path, counts: later.scan.counts }).toEqual({ path, counts: now.scan.counts });
    }
  });

  it("may be noted in two readings", () => {
    for (const path of transcripts) {
      const now = scanFile({ path }, observing);
      const bytes = readFileSync(path);
      const cut = bytes.lastIndexOf(10, bytes.length >> 1) + 1;
      const copy = join(mkdtempSync(join(tmpdir(), "rolecall-later-")), basename(path));
      writeFileSync(copy, bytes.subarray(0, cut));
      const first = scanFile({ path: copy, watchLater: true });
      if (now.status !== "read" || first.status !== "read" || !first.scan.watched) throw new Error(path);
      appendFileSync(copy, bytes.subarray(cut));
      const before = { ...first.readTo, ...first, firstAt: first.scan.firstAt, observer: "" };
      const second = scanFile({ path: copy, watchLater: true, before });
      if (second.status !== "read" || !second.scan.watched) throw new Error(path);
      const found = scanWatched(
        {
          path: copy,
          watched: [first.scan.watched, second.scan.watched],
          offset: second.readTo.offset,
          fingerprint: second.fingerprint,
        },
        observing,
      );
      expect(second.rewritten).toBe(false);
      expect({ path, events: untimed(found?.events) }).toEqual({ path, events: untimed(now.scan.events) });
    }
  });

  it("are given up when the file is no longer the same", () => {
    const [path = ""] = transcripts;
    const { watched } = createDecoder({ firstAt: Number.NaN, watch: () => watchLater(false) }).take();
    expect(
      watched && scanWatched({ path, watched: [watched], offset: 10, fingerprint: "other" }, observing),
    ).toBeUndefined();
  });
});

/** Counts of light tools carry the time of the last message met, which a cut inside a message moves a little. */
function untimed(events = "[]"): object[] {
  return (JSON.parse(events) as { kind: string }[]).map((event) =>
    event.kind === "tools" ? { ...event, at: 0 } : event,
  );
}
