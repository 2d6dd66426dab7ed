import { join } from "node:path";
import { expect } from "vitest";
import { countSteps, killAt } from "../helpers/run-and-kill.ts";
import { type Workspace, workspace } from "./workspace.ts";

const BIN = join(import.meta.dirname, "../../src/cli/bin.ts");

const AGENTS = Array.from({ length: 3 }, (_, n) => [
  `.claude/agents/a${n}.md`,
  `---\nname: coder-${n}\ndescription: Implements features, writes code.\nmodel: opus\n---\nBody.\n`,
]);
const FILES = { "rolecall.yaml": "", ...Object.fromEntries(AGENTS) };

const adoptIn = ({ project, env }: Workspace) => ({
  script: BIN,
  args: ["adopt", "--yes"],
  cwd: project,
  env,
});

/** Counts the steps at which an adopt of three agents can be killed. */
export const stepsOfAdopt = (): Promise<number> => countSteps(adoptIn(workspace(FILES)));

let whole: ReturnType<typeof adoptWhole> | undefined;

/** The files before and after an adopt that nothing stops. */
async function adoptWhole() {
  const space = workspace(FILES);
  const before = space.tree();
  await space.run("adopt", "--yes");
  return { before, after: space.tree() };
}

/** Kills an adopt at a step. Expects each file to be old or new, and that `command` then takes it back or completes it. */
export async function expectRighted(step: number, command: "undo" | "adopt"): Promise<void> {
  const { before, after } = await (whole ??= adoptWhole());
  const space = workspace(FILES);
  expect(await killAt(step, adoptIn(space))).toBe(true);
  const killed = space.tree();
  const changed = Object.entries(outsideJournal(killed)).filter(([path, text]) => text !== before[path]);
  expect(changed.filter(([path, text]) => text !== after[path])).toEqual([]);

  expect(await space.run(command, "--yes")).toMatchObject({ exit: 0 });
  const righted = space.tree();
  expect(outsideJournal(righted)).toEqual(outsideJournal(command === "undo" ? before : after));
  expect(Object.keys(righted).filter((path) => /agents\/.*\.rolecall-tmp$/.test(path))).toEqual([]);
  // Before the journal has an entry, nothing has changed that undo could take back.
  if (command === "undo" && JOURNAL in killed) expect(righted).toEqual(before);
}

const JOURNAL = ".claude/rolecall-undo/000001.json";

/** The files that are not part of the journal and not temporary. */
const outsideJournal = (tree: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(tree).filter(([path]) => !/rolecall-undo|\.rolecall-tmp$/.test(path)));
