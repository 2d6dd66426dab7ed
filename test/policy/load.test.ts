import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadPolicies, locatePolicies } from "../../src/policy/load.ts";

function tree(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), "rolecall-policy-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

it("finds the project's policy from a folder inside it, and the user's under XDG_CONFIG_HOME", () => {
  const root = tree({
    "shop/rolecall.yaml": "preset: quality\n",
    "shop/.git/HEAD": "",
    "shop/src/deep/x.ts": "",
    "config/rolecall/rolecall.yaml": "preset: frugal\n",
  });
  const places = locatePolicies(join(root, "shop/src/deep"), { XDG_CONFIG_HOME: join(root, "config") });
  expect(places.root).toBe(join(root, "shop"));
  expect(loadPolicies(places).map(({ written }) => written.preset)).toEqual(["quality", "frugal"]);
});

it("does not look past the repository, and needs no file at all", () => {
  const root = tree({ "rolecall.yaml": "preset: quality\n", "repo/.git/HEAD": "", "repo/src/x.ts": "" });
  const places = locatePolicies(join(root, "repo/src"), { XDG_CONFIG_HOME: join(root, "none") });
  expect(loadPolicies(places)).toEqual([]);
});

it("reports the problems of both files together", () => {
  const root = tree({ "rolecall.yaml": "preset: qualty\n", "user.yaml": "tolerance: much\n" });
  const load = () => loadPolicies({ project: join(root, "rolecall.yaml"), user: join(root, "user.yaml") });
  expect(load).toThrow(expect.objectContaining({ problems: [expect.anything(), expect.anything()] }));
});
