import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRandom } from "../../src/advice/statistics/random.ts";
import { type FileChange, type FileState, readFileState, sameState } from "../../src/cascade/file-state.ts";
import { formatDiff, formatPatch } from "../../src/cascade/patch.ts";
import { planWrites, writeFiles } from "../../src/cascade/write-files.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "rolecall-patch-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const bytes = (content: Uint8Array, kind: FileState["kind"] = "file"): FileState => ({
  bytes: Buffer.from(content),
  kind,
  mode: kind === "program" ? 0o755 : 0o644,
});
const text = (content: string, kind?: FileState["kind"]): FileState => bytes(Buffer.from(content), kind);

/** Puts the old state in a folder, lets git apply the patch there, and reads the result. */
function patched(changes: readonly FileChange[], place: string): (FileState | undefined)[] {
  const folder = join(root, place);
  mkdirSync(folder);
  const old = changes.flatMap(({ path, before }) => (before ? [{ path, after: before }] : []));
  writeFiles(planWrites(folder, "old", old));
  execFileSync("git", ["apply", "--unsafe-paths", "-"], {
    cwd: folder,
    input: formatPatch(changes),
    stdio: "pipe",
  });
  return changes.map(({ path }) => readFileState(join(folder, path)));
}

/** The paths that git's result differs in. */
function misapplied(changes: readonly FileChange[], place: string): string[] {
  const found = patched(changes, place);
  return changes.filter(({ after }, at) => !sameState(found[at], after)).map(({ path }) => path);
}

describe("the patch of a cascade", () => {
  it("git makes the new state of it: edits, new and deleted files, links, modes, missing final newlines", () => {
    const changes: FileChange[] = [
      { path: "edited.txt", before: text("a\nb\nc\n"), after: text("a\nB\nc\nd") },
      { path: "a folder/new file.txt", after: text("one\ntwo\n") },
      { path: "größe.txt", before: text("x"), after: text("x\n") },
      { path: "gone.txt", before: text("was here\n") },
      { path: "empty.txt", after: text("") },
      { path: "run.sh", before: text("echo\n"), after: text("echo\n", "program") },
      { path: "crlf.txt", before: text("a\r\nb\r\n"), after: text("a\r\nc\r\n") },
      { path: "link", after: text("edited.txt", "link") },
    ];
    expect(misapplied(changes, "all")).toEqual([]);
  });

  it("git applies it for every name that it allows", () => {
    const names = [
      "a\tb",
      "a\nb",
      'quo"te',
      "back\\slash",
      "  spaces  ",
      "ü",
      "\u0001",
      "\u007f",
      "\u001b[31m",
      "日本/語",
    ];
    const changes = names.flatMap((name): FileChange[] => [
      { path: `new/${name}`, after: text("a\n") },
      { path: `old/${name}`, before: text("a\n"), after: text("b\n") },
      { path: `gone/${name}`, before: text("a\n") },
      { path: `binary/${name}`, before: bytes(Buffer.from([0, 1])), after: bytes(Buffer.from([0, 2])) },
    ]);
    expect(misapplied(changes, "names")).toEqual([]);
  });

  it("carries files that are not text, in git's own form", () => {
    const random = createRandom(3);
    const noise = (length: number) => bytes(Uint8Array.from({ length }, () => Math.floor(random() * 256)));
    const changes: FileChange[] = [
      ...[1, 2, 3, 4, 5, 51, 52, 53, 1000, 100_000].map((length) => ({
        path: `${length}.bin`,
        before: noise(length),
        after: noise(length + 1),
      })),
      { path: "new.bin", after: noise(300) },
      { path: "gone.bin", before: noise(300) },
      { path: "latin1.txt", before: bytes(Buffer.from("caf\xe9\n", "latin1")), after: text("café\n") },
      {
        path: "late-zero.txt",
        before: text(`${"x".repeat(9000)}\n`),
        after: text(`${"x".repeat(9000)}\0\n`),
      },
      { path: "run.bin", before: bytes(Buffer.from([0, 1])), after: bytes(Buffer.from([0, 2]), "program") },
      { path: "emptied.bin", before: noise(10), after: bytes(new Uint8Array()) },
    ];
    expect(misapplied(changes, "binary")).toEqual([]);
  });

  it("a file that becomes a link, and a link that becomes a file, are two steps for git", () => {
    const changes: FileChange[] = [
      { path: "a", before: text("content\n"), after: text("b", "link") },
      { path: "b", before: text("elsewhere", "link"), after: text("content\n") },
    ];
    expect(misapplied(changes, "links")).toEqual([]);
  });

  it("holds for 60 random edits", () => {
    const random = createRandom(7);
    const lines = (count: number) =>
      Array.from({ length: count }, () => `line ${Math.floor(random() * 8)}\n`);
    for (let round = 0; round < 60; round++) {
      const before = lines(Math.floor(random() * 40));
      const after = before.flatMap((line) => {
        const dice = random();
        return dice < 0.1 ? [] : dice < 0.2 ? [line, ...lines(2)] : dice < 0.3 ? lines(1) : [line];
      });
      const change = {
        path: "f",
        before: text(`top\n${before.join("")}`),
        after: text(`top\n${after.join("")}`),
      };
      if (sameState(change.before, change.after)) continue;
      expect(patched([change], String(round))[0]?.bytes.toString()).toBe(change.after.bytes.toString());
    }
  });

  it("people see of a file that is not text only that it differs", () => {
    expect(formatDiff([{ path: "x.bin", after: bytes(Buffer.from([1, 0, 2])) }])).toBe(
      "diff --git a/x.bin b/x.bin\nnew file mode 100644\nBinary files /dev/null and b/x.bin differ\n",
    );
  });
});
