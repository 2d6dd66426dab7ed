import { join } from "node:path";
import { expect } from "vitest";
import { parseFrontMatter } from "../../src/agents/frontmatter.ts";
import type { WildFile } from "./wild.ts";
import { type Workspace, workspace } from "./workspace.ts";

/** What `rolecall adopt --json` prints. */
interface Adopted {
  adoptions: { agent: string; path: string; step: string; role?: string; why: string; to?: Routing }[];
}

interface Routing {
  model: string;
  effort?: string;
}

const place = (files: readonly WildFile[]) =>
  workspace({ "rolecall.yaml": "", ...Object.fromEntries(files.map(({ path, bytes }) => [path, bytes])) });

/** What is left without the lines that decide the routing, and without the comment that stands on some of them. */
const withoutRouting = (text: string): string =>
  text.replaceAll(/^ *(?:model|effort)[ \t]*:.*\r?\n|^ *# cheap enough\r?\n/gm, "");

/** Adopts every agent that has a role, whatever its price and whoever chose its model. */
async function adoptAll(space: Workspace) {
  const { adoptions } = JSON.parse((await space.run("adopt", "--dry-run", "--json")).out) as Adopted;
  const names = adoptions.filter(({ step }) => step === "adopt" || step === "leave");
  const ran = await space.run("adopt", "--yes", "--json", "--adopt", ...names.map(({ agent }) => agent));
  return { exit: ran.exit, adoptions: (JSON.parse(ran.out) as Adopted).adoptions };
}

/** Adopts, applies and undoes; expects every file to have its bytes back. */
export async function expectEveryByteBack(files: readonly WildFile[]): Promise<void> {
  const space = place(files);
  const before = space.tree();
  const { exit, adoptions } = await adoptAll(space);
  expect(exit).toBe(0);
  expect(adoptions.filter(({ step }) => step === "adopt").length).toBeGreaterThan(files.length * 0.5);
  expect(adoptions).toHaveLength(files.length);

  const after = space.tree();
  expect(await space.run("apply", "--yes")).toMatchObject({
    exit: 0,
    out: expect.stringContaining("in sync"),
  });
  expect(await space.run("adopt", "--yes", "--json")).toMatchObject({ exit: 0 });
  expect(space.tree()).toEqual(after);

  expect(await space.run("undo", "--yes")).toMatchObject({ exit: 0 });
  expect(space.tree()).toEqual(before);
}

/** Adopts; expects adopted files to differ in model and effort alone, and to read back as the policy says. */
export async function expectOnlyRoutingChanged(files: readonly WildFile[]): Promise<void> {
  const space = place(files);
  const { adoptions } = await adoptAll(space);
  const tree = space.tree();
  const seen = adoptions.map(({ path, step, to }) => {
    const relative = path.slice(space.project.length + 1);
    const old = files.find((file) => file.path === relative)?.bytes.toString("latin1") ?? "";
    const now = tree[relative] ?? "";
    const { keys } = parseFrontMatter(Buffer.from(now, "latin1"));
    const reads = [keys["model"], keys["effort"]].map(String).join().toLowerCase();
    return { adopted: step === "adopt", old, now, reads, wants: `${to?.model},${to?.effort}` };
  });
  const adopted = seen.filter((file) => file.adopted);
  expect(adopted.filter(({ old, now }) => old !== now).length).toBeGreaterThan(files.length * 0.5);
  expect(adopted.map(({ reads }) => reads)).toEqual(adopted.map(({ wants }) => wants));
  expect(adopted.map(({ now }) => withoutRouting(now))).toEqual(
    adopted.map(({ old }) => withoutRouting(old)),
  );
  const others = seen.filter((file) => !file.adopted);
  expect(others.map(({ now }) => now)).toEqual(others.map(({ old }) => old));
}

/** Plans to adopt; expects every file that Claude Code does not load to be named, with a reason. */
export async function expectUnloadedNamed(files: readonly WildFile[]): Promise<void> {
  const space = place(files);
  const { adoptions } = JSON.parse((await space.run("adopt", "--json")).out) as Adopted;
  const unloaded = adoptions.filter(({ step }) => step === "not-an-agent").map(({ path }) => path);
  for (const { path } of files.filter(({ loads }) => !loads))
    expect(unloaded).toContain(join(space.project, path));
  expect(adoptions.every(({ why }) => why.length > 5)).toBe(true);
}
