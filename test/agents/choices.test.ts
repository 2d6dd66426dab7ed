import { expect, it } from "vitest";
import { workspace } from "./workspace.ts";

const agent = (name: string) => `---\nname: ${name}\ndescription: Mine.\nmodel: sonnet\n---\nBody.\n`;
const FILES = Object.fromEntries(
  ["lint-fixer", "code-formatter", "import-sorter"].map((name) => [`.claude/agents/${name}.md`, agent(name)]),
);

/** Gives an answer to the list of adopt, then accepts the plan. Returns the agents whose model changed. */
async function adoptedAfter(answer: string): Promise<string[]> {
  const space = workspace({ "rolecall.yaml": "", ...FILES }, [answer, "y"]);
  await space.run("adopt");
  return Object.keys(FILES).filter((path) => space.read(path) !== FILES[path]);
}

it("numbers, ranges, all and none switch agents of the list", async () => {
  const all = Object.keys(FILES).sort();
  const unchanged = await adoptedAfter("n");
  expect(unchanged).toEqual([]);
  const adopted = (await adoptedAfter("all")).sort();
  expect(all).toEqual(expect.arrayContaining(adopted));
  expect(adopted.length).toBeGreaterThan(1);
  expect(await adoptedAfter("none")).toEqual([]);
  expect(await adoptedAfter(`1-${adopted.length}`)).toEqual([]);
  expect(await adoptedAfter("1")).toHaveLength(adopted.length - 1);
});

it.each(["0", "9", "2-1", "1 x", "-1"])("%j is asked again and changes nothing", async (answer) => {
  const [wrong, right] = [await adoptedAfter(answer), await adoptedAfter("all")];
  expect(wrong.sort()).toEqual(right.sort());
});
