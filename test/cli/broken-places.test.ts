import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";

const BIN = join(import.meta.dirname, "../../src/cli/bin.ts");

const folder = () => mkdtempSync(join(tmpdir(), "rolecall-broken-"));

describe("a place that cannot be used", () => {
  it("as the configuration folder: a file is not one, and a missing one is named", async () => {
    const root = folder();
    const file = join(root, "file");
    writeFileSync(file, "x");
    for (const [place, problem] of [
      [file, `"${file}" is not a folder.`],
      [join(root, "none"), `Configuration folder "${join(root, "none")}" does not exist.`],
      [root, `"${root}" has no projects folder, so it holds no transcripts.`],
    ] as const) {
      const { out, exit } = await runCli(["spend"], { env: { CLAUDE_CONFIG_DIR: place } });
      expect([exit, out]).toEqual([0, expect.stringContaining(`${problem}\n`)]);
    }
  });

  it("without permission is a line, not a bug, to an ordinary user", () => {
    const root = folder();
    chmodSync(root, 0o755);
    mkdirSync(join(root, "claude/projects"), { recursive: true });
    chmodSync(join(root, "claude"), 0o000);
    const isRoot = process.getuid?.() === 0;
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [BIN, ...args], {
        cwd: root,
        env: {
          PATH: process.env["PATH"],
          HOME: root,
          CLAUDE_CONFIG_DIR: join(root, "claude"),
          ROLECALL_DB: ":memory:",
        },
        encoding: "utf8",
        ...(isRoot && { uid: 65_534, gid: 65_534 }), // root may read everything
      });
    expect(run("spend")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`"${join(root, "claude")}" cannot be read: permission denied.\n`),
    });
    const { status, stderr } = run("undo", "--user", "--yes");
    chmodSync(join(root, "claude"), 0o755);
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(
        /^rolecall: \/.*: permission denied\n {2}Try again when the system allows it\.\n$/,
      ),
    ]);
  });
});
