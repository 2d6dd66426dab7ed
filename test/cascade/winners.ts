import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { recoverWinners } from "../../src/cascade/apply.ts";
import { type FileChange, type FileState, readWithin } from "../../src/cascade/file-state.ts";
import { formatPatch } from "../../src/cascade/patch.ts";
import { keepWinner, listWinners, readWinner, type Winner } from "../../src/cascade/winner.ts";
import { countSteps, killAt } from "../helpers/run-and-kill.ts";

/** A tree, a winner that changes it in every way, and the place where that is kept. */
export interface WinnerScene {
  place: string;
  root: string;
  winner: Winner;
  remove(): void;
}

const RUN = "0123abcd-run";

/** Makes a tree and keeps a winner: files are edited, added and removed, and folders and files change places. */
export function makeWinner(more: readonly FileChange[] = []): WinnerScene {
  const base = mkdtempSync(join(tmpdir(), "rolecall-winner-"));
  const [root, place] = [join(base, "tree"), join(base, "data")];
  write(root, "edited.txt", "one\n");
  write(root, "gone.txt", "gone\n");
  write(root, "deep/er/gone.txt", "gone\n");
  write(root, "deep/stays.txt", "stays\n");
  write(root, "file-to-folder", "was a file\n");
  write(root, "folder-to-file/inner.txt", "was inside\n");
  write(root, "run.sh", "echo\n");
  write(root, "binary", Buffer.from([0, 1, 2]));
  write(root, "folder-to-link/inner.txt", "was inside\n");
  symlinkSync("edited.txt", join(root, "link"));
  symlinkSync("deep", join(root, "link-to-folder"));
  mkdirSync(join(root, "empty"), { mode: 0o700 });
  chmodSync(join(root, "edited.txt"), 0o640);
  const state = (path: string): FileState | undefined => readWithin(root, path);
  const change = (path: string, after?: FileState): FileChange => {
    const before = state(path);
    return { path, ...(before && { before }), ...(after && { after }) };
  };
  const changes = [
    change("binary", file(Buffer.from([0, 3]))),
    change("deep/er/gone.txt"),
    change("edited.txt", file("two\n")),
    change("empty/new.txt", file("new\n")),
    change("file-to-folder"),
    change("file-to-folder/inner.txt", file("is inside\n")),
    change("folder-to-file", file("is a file\n")),
    change("folder-to-file/inner.txt"),
    change("folder-to-link", link("deep")),
    change("folder-to-link/inner.txt"),
    change("gone.txt"),
    change("link", link("run.sh")),
    change("link-to-folder"),
    change("link-to-folder/stays.txt", file("is inside\n")),
    change("new/deep/new.txt", file("new\n")),
    change("run.sh", { ...file("echo\n"), kind: "program", mode: 0o755 }),
    ...more,
  ];
  const winner = keepWinner(place, { run: RUN, root, at: 1, changes }, formatPatch(changes));
  return { place, root, winner, remove: () => rmSync(base, { recursive: true, force: true }) };
}

function file(content: string | Buffer): FileState {
  return { bytes: Buffer.from(content), kind: "file", mode: 0o644 };
}

function link(target: string): FileState {
  return { bytes: Buffer.from(target), kind: "link", mode: 0o777 };
}

function write(root: string, path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

/** Everything in a tree, sorted: files with content and mode, links with their targets, folders with their modes. */
export function treeOf(root: string, folder = ""): Record<string, string> {
  const names = readdirSync(join(root, folder)).toSorted();
  const entries = names.map((name) => (folder === "" ? name : `${folder}/${name}`));
  return Object.assign({}, ...entries.map((path) => entryOf(root, path))) as Record<string, string>;
}

function entryOf(root: string, path: string): Record<string, string> {
  const stats = lstatSync(join(root, path));
  const mode = (stats.mode & 0o777).toString(8);
  if (stats.isSymbolicLink()) return { [path]: `-> ${readlinkSync(join(root, path))}` };
  if (stats.isDirectory()) return { [path]: `folder ${mode}`, ...treeOf(root, path) };
  return { [path]: `${mode} ${readFileSync(join(root, path), "hex")}` };
}

const programFor = ({ place }: WinnerScene, how: string) => ({
  script: join(import.meta.dirname, "apply-process.ts"),
  args: [place, RUN, ...(how === "revert" ? ["revert"] : [])],
});

/** Counts the steps at which applying, or reverting, can be killed. */
export async function stepsOf(how: "apply" | "revert"): Promise<number> {
  const scene = makeWinner();
  try {
    if (how === "revert") await countSteps(programFor(scene, "apply"));
    return await countSteps(programFor(scene, how));
  } finally {
    scene.remove();
  }
}

/**
 * Kills applying, or reverting, at a step. Expects each file to be old or new, the tree to be as before or complete after
 * the next start, nothing left behind, and the patch to be there.
 */
export async function expectSafeKill(step: number, how: "apply" | "revert"): Promise<"before" | "after"> {
  const scene = makeWinner();
  const { root, place, winner } = scene;
  try {
    const original = treeOf(root);
    if (how === "revert") await countSteps(programFor(scene, "apply"));
    const before = treeOf(root);
    expect(await killAt(step, programFor(scene, how))).toBe(true);
    expect(existsSync(winner.patchFile)).toBe(true);

    recoverWinners(place);
    const tree = treeOf(root);
    const state = listWinners(place)[0]?.state;
    const settled = readWinner(place, RUN);
    expect(settled?.changes).toEqual(winner.changes);
    const isBefore = JSON.stringify(tree) === JSON.stringify(before);
    if (!isBefore) expect(state).toBe(how === "apply" ? "applied" : "reverted");
    // Git does not know empty folders: one that the winner filled goes with its file.
    if (!isBefore && how === "revert") expect({ empty: original["empty"], ...tree }).toEqual(original);
    if (!isBefore && how === "apply") {
      const { conflicts } = applied(winner);
      expect(conflicts).toEqual([]);
    }
    expect(Object.keys(tree).filter((path) => path.includes("rolecall-tmp"))).toEqual([]);
    expect(recoverWinners(place)).toEqual([]);
    return isBefore ? "before" : "after";
  } finally {
    scene.remove();
  }
}

/** Paths of a winner that are not as it wants them. */
function applied({ root, changes }: Winner): { conflicts: string[] } {
  const wrong = changes.filter(({ path, after }) => {
    const now = readWithin(root, path);
    return now?.bytes.toString("hex") !== after?.bytes.toString("hex") || now?.kind !== after?.kind;
  });
  return { conflicts: wrong.map(({ path }) => path) };
}
