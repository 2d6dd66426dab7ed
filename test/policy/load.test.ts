import { join } from "node:path";
import { expect, it } from "vitest";
import { loadPolicies } from "../../src/policy/load.ts";
import { locatePolicies } from "../../src/policy/places.ts";
import { writeTree } from "../helpers/tree.ts";

it("finds the project's policy from a folder inside it, and the user's under XDG_CONFIG_HOME", () => {
  const root = writeTree({
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
  const root = writeTree({ "rolecall.yaml": "preset: quality\n", "repo/.git/HEAD": "", "repo/src/x.ts": "" });
  const places = locatePolicies(join(root, "repo/src"), { XDG_CONFIG_HOME: join(root, "none") });
  expect(loadPolicies(places)).toEqual([]);
});

it("reports the problems of both files together", () => {
  const root = writeTree({ "rolecall.yaml": "preset: qualty\n", "user.yaml": "tolerance: much\n" });
  const load = () => loadPolicies({ project: join(root, "rolecall.yaml"), user: join(root, "user.yaml") });
  expect(load).toThrow(expect.objectContaining({ problems: [expect.anything(), expect.anything()] }));
});
