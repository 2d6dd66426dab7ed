import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  applyChanges,
  type FileChange,
  type FileState,
  readFileState,
  sameState,
} from "../../src/cascade/change.ts";
import { formatPatch } from "../../src/cascade/patch.ts";
import { createRandom } from "../../src/advice/statistics/random.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "rolecall-patch-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const text = (content: string, kind: FileState["kind"] = "file"): FileState => ({
  bytes: Buffer.from(content),
  kind,
});

/** Puts the old state in a folder, lets git apply the patch there, and reads what came out. */
async function patched(changes: readonly FileChange[], place: string): Promise<(FileState | undefined)[]> {
  const folder = join(root, place);
  mkdirSync(folder);
  const old = changes.flatMap(({ path, before }) => (before ? [{ path, after: before }] : []));
  expect(await applyChanges(folder, old)).toEqual([]);
  execFileSync("git", ["apply", "--unsafe-paths", "-"], {
    cwd: folder,
    input: formatPatch(changes),
    stdio: "pipe",
  });
  return Promise.all(changes.map(({ path }) => readFileState(join(folder, path))));
}

describe("the patch of a cascade", () => {
  it("git makes the new state of it: edits, new and deleted files, links, modes, missing final newlines", async () => {
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
    const found = await patched(changes, "all");
    changes.forEach(({ path, after }, at) =>
      expect([path, sameState(found[at], after)]).toEqual([path, true]),
    );
  });

  it("holds for 60 random edits", async () => {
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
      expect((await patched([change], String(round)))[0]?.bytes.toString()).toBe(
        change.after.bytes.toString(),
      );
    }
  });

  it("of a file that is no text it only says that it differs", () => {
    const after: FileState = { bytes: Buffer.from([1, 0, 2]), kind: "file" };
    expect(formatPatch([{ path: "x.bin", after }])).toBe(
      "diff --git a/x.bin b/x.bin\nnew file mode 100644\nBinary files /dev/null and b/x.bin differ\n",
    );
  });
});
