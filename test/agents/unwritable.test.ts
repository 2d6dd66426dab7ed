import { describe, expect, it } from "vitest";
import { applyChanges } from "../../src/agents/apply.ts";
import { changeOf, type Target } from "../../src/agents/change.ts";

describe.runIf(process.platform === "linux")("a folder that cannot be written", () => {
  it("is named, with the way back", () => {
    const target: Target = { level: "project", root: "/proc", prefix: ".claude/", settings: "settings.json" };
    const change = changeOf(".claude/agents/a.md", undefined, Buffer.from("text"));
    expect(() => applyChanges(target, [change], new Date(0))).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/^\/proc: cannot be written: E\w+: /),
        hint: "Try the command again, or rolecall undo to revert what was written. Each file has its old or its new content.",
      }),
    );
  });
});
