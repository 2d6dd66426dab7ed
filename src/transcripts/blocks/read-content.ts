import { closeSync, fstatSync, openSync } from "node:fs";
import { isSystemError, TranscriptBugError } from "../../errors.ts";
import { findContent } from "../reader/find-content.ts";
import { ASK_CONTENT, STATE_LINE, WANT_CONTENT } from "../reader/layout.ts";
import { readLines } from "../reader/lines.ts";
import { compileWalk } from "../reader/module.ts";
import { createReader } from "../reader/reader.ts";

/** Makes a function that returns the content of a transcript, packed; undefined if the file cannot be read. */
export function createContentScanner(): (path: string) => string | undefined {
  const reader = createReader(compileWalk());
  return (path) => {
    const fd = openQuietly(path);
    if (fd === undefined) return undefined;
    try {
      reader.walk.startFile();
      const content = findContent(reader);
      const from = { offset: 0, line: 0, unterminated: false };
      const source = { fd, from, size: fstatSync(fd).size, wanted: WANT_CONTENT };
      readLines(reader, source, (ask) => content.onAsk(Math.floor(ask / ASK_CONTENT)));
      return content.take();
    } catch (thrown) {
      if (isSystemError(thrown)) return undefined; // the message for it came when its requests were read
      throw new TranscriptBugError(path, reader.state[STATE_LINE] ?? 0, thrown);
    } finally {
      closeSync(fd);
    }
  };
}

function openQuietly(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown;
    return undefined; // it was there a moment ago, when its requests were read
  }
}
