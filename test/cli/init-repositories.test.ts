import { cpSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { workspace } from "../agents/workspace.ts";

const PROJECTS = join(import.meta.dirname, "../../fixtures/projects");

it.each([
  ["pnpm-monorepo", ""],
  ["pnpm-monorepo", "packages/web"],
  ["python-uv", ""],
  ["go-service", ""],
  ["java-mvnw", ""],
  ["rails", ""],
])("the plan of init for %s %s reads right, and undo reverts it", async (project, folder) => {
  const space = workspace({}, undefined, 100);
  cpSync(join(PROJECTS, project), space.project, { recursive: true });
  const before = space.tree();
  const cwd = join(space.project, folder);
  const { out, err, exit } = await space.runIn(cwd, "init", "--yes");
  expect(exit).toBe(0);
  const policy = space.read(join(folder, "rolecall.yaml"));
  const shown = `$ rolecall init --yes\n${out}${err}$ cat rolecall.yaml\n${policy}`.replaceAll(
    space.project,
    "~",
  );
  const name = [project, ...folder.split("/").filter(Boolean)].join("-");
  await expect(shown).toMatchFileSnapshot(`snapshots/init/${name}.txt`);
  expect(await space.runIn(cwd, "init", "--yes")).toMatchObject({
    exit: 0,
    out: expect.stringContaining("in sync"),
  });
  expect(await space.runIn(cwd, "undo", "--yes")).toMatchObject({ exit: 0 });
  expect(space.tree()).toEqual(before);
});
