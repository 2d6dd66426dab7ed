import { win32 } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { pathIn } from "../../src/agents/change.ts";
import { configDir } from "../../src/policy/places.ts";
import { pathMatcher } from "../../src/domain/name-pattern.ts";
import { projectName } from "../../src/history/filters.ts";
import { cacheFolder, configFile, defaultPriceFile, resolveWorkspace } from "../../src/history/workspace.ts";

// Paths as Windows joins and resolves them; everything else is the real code.
vi.mock("node:path", async () => {
  const { win32 } = await vi.importActual<typeof import("node:path")>("node:path");
  return { ...win32, default: win32 };
});

const HOME = "C:\\Users\\dev";
const env = { USERPROFILE: HOME };

describe("on Windows", () => {
  it("folders are below the user's profile, as on the other systems", () => {
    const { roots, dbFile } = resolveWorkspace({}, env);
    expect(roots).toContain(`${HOME}\\.claude`);
    expect(dbFile).toBe(`${HOME}\\.local\\share\\rolecall\\rolecall.db`);
    expect(configFile(env)).toBe(`${HOME}\\.config\\rolecall\\config.yaml`);
    expect(defaultPriceFile(env)).toBe(`${HOME}\\.config\\rolecall\\prices.yaml`);
    expect(cacheFolder(env)).toBe(`${HOME}\\.cache\\rolecall`);
    expect(configDir({ CLAUDE_CONFIG_DIR: "D:\\claude" })).toBe("D:\\claude");
  });

  it("a list of folders is split at commas, not at the colon of a drive", () => {
    const { roots } = resolveWorkspace({}, { ...env, CLAUDE_CONFIG_DIR: "C:\\a\\.claude, D:\\b\\.claude" });
    expect(roots).toEqual(["C:\\a\\.claude", "D:\\b\\.claude"]);
  });

  it("~ with a backslash is the home folder", () => {
    expect(resolveWorkspace({ db: "~\\rolecall.db" }, env).dbFile).toBe(`${HOME}\\rolecall.db`);
  });

  it("plans, locks and journals hold paths with slashes", () => {
    const target = {
      level: "project",
      root: "C:\\dev\\shop",
      prefix: ".claude/",
      settings: "settings.json",
    } as const;
    expect(pathIn(target, win32.join("C:\\dev\\shop", ".claude", "agents", "x.md"))).toBe(
      ".claude/agents/x.md",
    );
  });

  it("a worktree counts for its project, and the case of the drive's letter does not matter", () => {
    expect(projectName("C:\\dev\\shop\\.claude\\worktrees\\fix-cart")).toBe("C:\\dev\\shop");
    expect(projectName("c:\\dev\\shop")).toBe(projectName("C:\\dev\\shop"));
  });

  it("--project takes the last folders with either slash", () => {
    expect(
      [pathMatcher("shop"), pathMatcher("dev/shop"), pathMatcher("dev\\shop")].map((is) =>
        is("C:\\dev\\shop"),
      ),
    ).toEqual([true, true, true]);
    expect(pathMatcher("hop")("C:\\dev\\shop")).toBe(false);
  });
});
