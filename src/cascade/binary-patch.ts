import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import type { FileChange, FileState } from "./file-state.ts";

/** The line that names both sides by their hashes: git applies no binary patch without it. */
export function formatIndex({ before, after }: FileChange): string {
  return `index ${hashOf(before)}..${hashOf(after)}\n`;
}

function hashOf(state: FileState | undefined): string {
  if (!state) return "0".repeat(40);
  const hash = createHash("sha1").update(`blob ${state.bytes.length}\0`);
  return hash.update(state.bytes).digest("hex");
}

/** Formats both sides whole, in git's own form: deflated, in base 85. */
export function formatBinary({ before, after }: FileChange): string {
  return `GIT binary patch\n${formatLiteral(after)}${formatLiteral(before)}`;
}

const LINE_BYTES = 52;

function formatLiteral(state: FileState | undefined): string {
  const bytes = state?.bytes ?? Buffer.alloc(0);
  const deflated = deflateSync(bytes);
  const lines = [`literal ${bytes.length}`];
  for (let at = 0; at < deflated.length; at += LINE_BYTES) {
    const part = deflated.subarray(at, at + LINE_BYTES);
    lines.push(lengthMark(part.length) + encode85(part));
  }
  return `${lines.join("\n")}\n\n`;
}

/** `A` to `Z` for 1 to 26 bytes, `a` to `z` for 27 to 52. */
function lengthMark(length: number): string {
  return String.fromCharCode(length <= 26 ? 64 + length : 70 + length);
}

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";

/** Five digits for each four bytes; the last four are filled up with zeros. */
function encode85(bytes: Buffer): string {
  const padded = Buffer.alloc(Math.ceil(bytes.length / 4) * 4);
  bytes.copy(padded);
  let text = "";
  for (let at = 0; at < padded.length; at += 4) {
    let value = padded.readUInt32BE(at);
    let group = "";
    for (let digit = 0; digit < 5; digit++) {
      group = DIGITS.charAt(value % 85) + group;
      value = Math.floor(value / 85);
    }
    text += group;
  }
  return text;
}
