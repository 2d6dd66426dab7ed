import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { extname, join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");

const AT_ROOT =
  ".gitattributes .gitignore .npmrc .oxfmtrc.json .oxlintrc.json CHANGELOG.md CONTRIBUTING.md LICENSE README.md SECURITY.md knip.json package-lock.json package.json rolldown.config.js tsconfig.build.json tsconfig.json vitest.client.config.ts vitest.config.ts vitest.slow.config.ts";

/** Types of files below folders; fixtures/projects holds files of any project. */
const TYPES = /^\.(?:cjs|db|js|json|jsonl|md|tasks|ts|txt|wasm|ya?ml|zst)$/;
const OTHERS = new Set([".ci/run"]);

function tracked(): string[] {
  return execFileSync("git", ["ls-files", "-z"], { cwd: ROOT, encoding: "utf8" }).split("\0").filter(Boolean);
}

// A package has neither the repository nor the files that tests need.
describe.skipIf(!existsSync(join(ROOT, ".git")))("files under version control", () => {
  it("at the root are the known ones", () => {
    expect(
      tracked()
        .filter((path) => !path.includes("/"))
        .join(" "),
    ).toBe(AT_ROOT);
  });

  it("below folders are of known types", () => {
    const odd = tracked().filter(
      (path) =>
        path.includes("/") &&
        !path.startsWith("fixtures/projects/") &&
        !TYPES.test(extname(path)) &&
        !OTHERS.has(path),
    );
    expect(odd).toEqual([]);
  });
});
