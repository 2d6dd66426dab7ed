import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { lineChanges } from "../../src/cli/screen.ts";
import { openHistory } from "../../src/history/open-history.ts";
import { createLiveReader } from "../../src/operations/live.ts";
import { visibleWidth } from "../../src/render/table.ts";
import { renderWatch } from "../../src/render/watch.ts";
import { type LiveHome, makeLiveHome } from "../helpers/live-home.ts";
import { runCli } from "../helpers/run-cli.ts";

const BIN = join(import.meta.dirname, "../../src/cli/bin.ts");

let home: LiveHome;
beforeEach(() => void (home = makeLiveHome()));
afterEach(() => home.remove());

const now = (): string => new Date().toISOString();

describe("rolecall watch", () => {
  it("counts the sessions that do not fit", async () => {
    const at = new Date(Date.parse("2026-11-21T11:59:00Z")).toISOString();
    for (let number = 0; number < 40; number++) home.answer({ session: `s${number}`, at });
    const history = await openHistory(
      { claudeDirs: [home.folder], db: ":memory:" },
      process.env,
      home.folder,
    );
    const report = createLiveReader(history, "UTC")(Date.parse("2026-11-21T12:00:00Z"));
    history.close();
    const lines = renderWatch(report, "UTC", { width: 80, style: (_format, text) => text }, 23);
    expect(lines).toHaveLength(23);
    expect(lines.at(-1)).toBe("… 23 more");
  });

  it.each([
    ["0", "invalid number of seconds"],
    ["nonsense", "invalid number"],
    ["4000", "invalid number of seconds"],
  ])("does not look every %s seconds", async (every, problem) => {
    const { err, exit } = await runCli(["watch", "--once", "--demo", "--every", every]);
    expect(exit).toBe(2);
    expect(err).toContain(`--every: ${problem} "${every}"`);
  });
});

describe("rolecall watch --json in a pipe", () => {
  it("streams one object a line, with what was written in the meantime, until a signal ends it", async () => {
    home.answer({ session: "s1", at: now(), stop: "tool_use" });
    const args = [BIN, "watch", "--json", "--every", "0.2", "--claude-dir", home.folder];
    const db = join(home.folder, "rolecall.db");
    const child = spawn(process.execPath, [...args, "--db", db], { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    const reports = () =>
      text
        .split("\n")
        .slice(0, -1)
        .map(
          (line) =>
            JSON.parse(line) as { today: { requests: number }; sessions: { main: { state: string } }[] },
        );
    const until = async (requests: number) => {
      while (reports().at(-1)?.today.requests !== requests) await sleep(50);
    };
    await until(1);
    home.answer({ session: "s1", at: now() });
    await until(2);
    child.kill("SIGINT");
    expect(await new Promise((resolve) => void child.once("close", resolve))).toBe(0);
    expect(reports()[0]?.sessions[0]?.main.state).toBe("working");
    expect(reports().at(-1)?.sessions[0]?.main.state).toBe("waiting");
    expect(text).not.toContain("\u001b");
  });

  it("ends when its reader does", () => {
    const line = `"${process.execPath}" "${BIN}" watch --demo --json --every 0.1 | head -2 | wc -l`;
    const { stdout, status } = spawnSync("sh", ["-c", line], { encoding: "utf8", timeout: 20_000 });
    expect([status, stdout.trim()]).toEqual([0, "2"]);
  });
});

describe("what is written to a terminal", () => {
  it("is nothing when nothing changed, and only the lines that did", () => {
    expect(lineChanges(["a", "b"], ["a", "b"])).toBe("");
    expect(lineChanges(["a", "b", "c"], ["a", "x", "c"])).toBe("\u001b[2;1Hx\u001b[0m\u001b[K");
    expect(lineChanges(["a", "b"], ["a"])).toBe("\u001b[2;1H\u001b[0m\u001b[K");
    expect(lineChanges([], ["a"])).toBe("\u001b[1;1Ha\u001b[0m\u001b[K");
  });
});

const hasTmux = spawnSync("tmux", ["-V"]).status === 0;

/** A shell in a terminal of 80 by 24, in a tmux server of its own. */
class Terminal {
  readonly #folder = mkdtempSync(join(tmpdir(), "rolecall-tmux-"));

  constructor(env: Readonly<Record<string, string>>) {
    const shell = ["env", "-i", ...Object.entries(env).map(([name, value]) => `${name}=${value}`), "sh"];
    this.tmux(
      "-f",
      "/dev/null",
      "new-session",
      "-d",
      "-x",
      "80",
      "-y",
      "24",
      shell.map((word) => `'${word}'`).join(" "),
    );
  }

  tmux(...args: string[]): string {
    const socket = join(this.#folder, "socket");
    const { stdout, stderr, status } = spawnSync("tmux", ["-S", socket, ...args], { encoding: "utf8" });
    if (status !== 0) throw new Error(`tmux ${args.join(" ")}: ${stderr}`);
    return stdout;
  }

  type(...keys: string[]): void {
    this.tmux("send-keys", ...keys);
  }

  screen(): string {
    return this.tmux("capture-pane", "-p");
  }

  /** Whether the alternate screen is shown, and the cursor. */
  state(): string {
    return this.tmux("display-message", "-p", "#{alternate_on} #{cursor_flag}").trim();
  }

  async until(text: string | RegExp): Promise<string> {
    for (let tries = 0; tries < 200; tries++) {
      const screen = this.screen();
      if (typeof text === "string" ? screen.includes(text) : text.test(screen)) return screen;
      await sleep(100);
    }
    throw new Error(`the terminal never showed ${String(text)}:\n${this.screen()}`);
  }

  close(): void {
    this.tmux("kill-server");
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

describe.skipIf(!hasTmux)("rolecall watch in a terminal", () => {
  let terminal: Terminal;
  const [IN_USE, AS_BEFORE] = ["1 0", "0 1"];
  const start = `'${process.execPath}' '${BIN}' watch --every 0.2; stty -a > after; cmp before after && echo SAME-$?`;

  beforeEach(async () => {
    home.answer({ session: "s1", at: now(), stop: "tool_use" });
    terminal = new Terminal({
      PATH: process.env["PATH"] ?? "",
      TERM: "xterm-256color",
      HOME: home.folder,
      CLAUDE_CONFIG_DIR: home.folder,
      ROLECALL_DB: join(home.folder, "rolecall.db"),
      TZ: "UTC",
    });
    await terminal.until(/^[#$]/m); // what is typed before the prompt is there is shown on its line
    terminal.type(`cd '${home.folder}'; stty -a > before; echo EARLIER-TEXT`, "Enter");
    await terminal.until(/^EARLIER-TEXT/m);
    terminal.type(start, "Enter");
    await terminal.until("working");
  }, 30_000);
  afterEach(() => terminal.close());

  it("shows sessions at 80 by 24, follows them, and leaves the terminal as it was", async () => {
    expect(terminal.state()).toBe(IN_USE);
    expect(terminal.screen()).toMatch(/Today \$0\.0020 .*\nNo five|Today \$0\.0020 .*\nWindow/);
    expect(terminal.screen()).not.toContain("EARLIER-TEXT");
    home.answer({ session: "s2", at: now(), agent: { id: "a1", type: "reviewer" }, stop: "tool_use" });
    await terminal.until("└ reviewer");
    terminal.type("q");
    const after = await terminal.until("SAME-0");
    expect(after).toContain("EARLIER-TEXT");
    expect(after).not.toContain("reviewer");
    expect(terminal.state()).toBe(AS_BEFORE);
  });

  it.each(["C-c", "C-d"])("ends with %s, and leaves the terminal as it was", async (key) => {
    terminal.type(key);
    expect(await terminal.until("SAME-0")).toContain("EARLIER-TEXT");
    expect(terminal.state()).toBe(AS_BEFORE);
  });

  it.each(["TERM", "HUP"] as const)("ends with SIG%s, and leaves the terminal as it was", async (signal) => {
    const shell = terminal.tmux("display-message", "-p", "#{pane_pid}").trim();
    const { stdout } = spawnSync("pgrep", ["-P", shell], { encoding: "utf8" });
    process.kill(Number(stdout), `SIG${signal}`);
    expect(await terminal.until("SAME-0")).toContain("EARLIER-TEXT");
    expect(terminal.state()).toBe(AS_BEFORE);
  });

  it("stops with Ctrl-Z and comes back", async () => {
    terminal.type("C-z");
    const stopped = await terminal.until(/Stopped|Suspended/);
    expect(stopped).toContain("EARLIER-TEXT");
    expect(terminal.state()).toBe(AS_BEFORE);
    terminal.type("fg", "Enter");
    await terminal.until("working");
    expect(terminal.state()).toBe(IN_USE);
    terminal.type("q");
    await terminal.until(/EARLIER-TEXT/);
    expect(terminal.state()).toBe(AS_BEFORE);
  });

  it("draws itself again in another size", async () => {
    terminal.tmux("resize-window", "-x", "50", "-y", "12");
    await vi.waitFor(
      async () => {
        const lines = (await terminal.until("working")).split("\n");
        expect(lines.filter((line) => visibleWidth(line) > 50)).toEqual([]);
        expect(lines[0]).toMatch(/Today/);
      },
      { timeout: 10_000, interval: 200 },
    );
    terminal.type("q");
    await terminal.until("EARLIER-TEXT");
    await vi.waitFor(() => expect(terminal.state()).toBe(AS_BEFORE), { timeout: 10_000 });
  });
});
