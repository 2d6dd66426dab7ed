import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const BIN = join(import.meta.dirname, "../../src/cli/bin.ts");

/** Runs a line of shell in which `$ROLECALL` stands for the real program. */
function shell(line: string): { out: string; err: string; exit: number | null } {
  const { stdout, stderr, status } = spawnSync("sh", ["-c", line], {
    encoding: "utf8",
    env: { ...process.env, ROLECALL: `${process.execPath} ${BIN}` },
  });
  return { out: stdout, err: stderr, exit: status };
}

const LONG = "spend --demo --by session,agent,model,day,week,month,project,role,thread,effort,branch --json";

describe("the program as a process", () => {
  it("ends well when the pipe is closed early", () => {
    const { out, err } = shell(`{ $ROLECALL ${LONG}; echo "exit $?" >&2; } | head -1`);
    expect([out, err]).toEqual(["{\n", "exit 0\n"]);
  });

  it("writes all of a long answer into a pipe that is read slowly", () => {
    const { out, err } = shell(`$ROLECALL ${LONG} | { sleep 0.3; cat; }`);
    expect(err).toBe("");
    const { rows } = JSON.parse(out) as { rows: unknown[] };
    expect(out.length).toBeGreaterThan(65_536);
    expect(rows.length).toBeGreaterThan(100);
  });

  it("keeps results and the rest apart, and says with its exit code how it went", () => {
    expect(shell("$ROLECALL models claude-opus-5-5 --csv 2>/dev/null")).toMatchObject({ exit: 0, err: "" });
    expect(shell("$ROLECALL models claude-opus-6 --csv")).toMatchObject({ exit: 1 });
    expect(shell("$ROLECALL spend --by nonsense")).toMatchObject({ exit: 2, out: "" });
  });

  it.skipIf(!existsSync("/dev/full"))(
    "says when its output cannot be written, and keeps its exit code when that cannot be said",
    () => {
      expect(shell("$ROLECALL models >/dev/full")).toEqual({
        out: "",
        err: "rolecall: output: cannot be written: ENOSPC: no space left on device, write\n",
        exit: 2,
      });
      expect(shell("$ROLECALL spend --by nonsense 2>/dev/full")).toMatchObject({ exit: 2, out: "" });
    },
  );

  it("says in one line what it needs under an old Node, before anything native is loaded", () => {
    const old = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.11.0',napi:'9'}})`;
    const { out, err, exit } = shell(`NODE_OPTIONS="--import ${old}" $ROLECALL spend`);
    expect({ out, err, exit }).toEqual({
      out: "",
      err: "rolecall: needs Node 22.14 or newer, this is 20.11.0\n",
      exit: 2,
    });
  });

  it("colors for a terminal only, unless it is told to", () => {
    expect(shell("$ROLECALL spend --demo").out).not.toContain("\u001b");
    expect(shell("NO_COLOR= FORCE_COLOR=1 $ROLECALL spend --demo").out).toContain("\u001b[");
    expect(shell("NO_COLOR= FORCE_COLOR=1 $ROLECALL spend --demo --no-color").out).not.toContain("\u001b");
  });

  it("starts without a word on stderr", () => {
    expect(shell("$ROLECALL --version").err).toBe("");
  });
});
