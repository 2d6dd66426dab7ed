import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createDecoder } from "../../src/transcripts/decode.ts";
import { scanFile, scanWatched } from "../../src/transcripts/scan.ts";

const FIXTURES = join(import.meta.dirname, "../../fixtures");

const transcripts = readdirSync(FIXTURES, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".jsonl") && path.includes("projects/"))
  .map((path) => join(FIXTURES, path));

describe("lines noted for later", () => {
  it("there are transcripts to try it on", () => expect(transcripts.length).toBeGreaterThan(100));

  it("come to the same events and requests as looked at in the same pass", () => {
    for (const path of transcripts) {
      const now = scanFile({ path });
      const later = scanFile({ path, watchLater: true });
      if (now.status !== "read" || later.status !== "read" || !later.scan.watched) throw new Error(path);
      const found = scanWatched({
        path,
        watched: later.scan.watched,
        offset: later.readTo.offset,
        fingerprint: later.fingerprint,
      });
      expect({ path, ...found }).toEqual({ path, events: now.scan.events, observer: now.scan.observer });
      expect(later.scan.numbers).toEqual(now.scan.numbers);
      expect({ path, counts: later.scan.counts }).toEqual({ path, counts: now.scan.counts });
    }
  });

  it("are given up when the file is no longer the same", () => {
    const [path = ""] = transcripts;
    const { watched } = createDecoder({ firstAt: Number.NaN, watchLater: true }).take();
    expect(watched && scanWatched({ path, watched, offset: 10, fingerprint: "other" })).toBeUndefined();
  });
});
