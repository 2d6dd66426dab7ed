import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { writeCorpus } from "../../bench/corpus.ts";

const BIN = join(import.meta.dirname, "../../src/cli/bin.ts");
const [COLUMNS, ROWS] = [100, 50];

/** A shell in a real terminal of tmux, with rolecall on its path and an empty home. */
export interface TourTerminal {
  /** Types a line, and returns what the screen shows of its output. */
  type(line: string): string;
  close(): void;
}

/** Opens a terminal in a home with so much made-up history. Throws if tmux is not installed. */
export function openTerminal(megabytes: number): TourTerminal {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "rolecall-tour-")));
  const [home, bin] = [join(root, "home"), join(root, "bin")];
  for (const folder of [home, bin]) mkdirSync(folder);
  if (megabytes > 0)
    writeCorpus(join(home, ".claude"), {
      seed: 1,
      projects: 6,
      sessions: megabytes,
      bytes: megabytes * 1e6,
    });
  writeFileSync(join(bin, "rolecall"), `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`);
  chmodSync(join(bin, "rolecall"), 0o755);
  const socket = join(root, "tmux");
  const tmux = (...args: string[]): string =>
    execFileSync("tmux", ["-S", socket, ...args], { encoding: "utf8" });
  const path = `${bin}:${dirname(process.execPath)}:/usr/bin:/bin`;
  const env = [
    `HOME=${home}`,
    `PATH=${path}`,
    "TZ=UTC",
    "TERM=screen",
    "LANG=C.UTF-8",
    "NO_COLOR=1",
    "PS1=$ ",
  ];
  // Each prompt says that the command before it has ended.
  env.push(`PROMPT_COMMAND=tmux -S ${socket} wait-for -S prompt`);
  const shell = ["env", "-i", ...env, "bash", "--norc", "--noprofile"];
  writeFileSync(join(root, "tmux.conf"), "set -g history-limit 20000\nset -g status off\n");
  tmux(
    "-f",
    join(root, "tmux.conf"),
    "new-session",
    "-d",
    "-x",
    `${COLUMNS}`,
    "-y",
    `${ROWS}`,
    "-c",
    home,
    ...shell,
  );
  const untilPrompt = (): string => tmux("wait-for", "prompt");
  untilPrompt();
  return {
    type(line) {
      tmux("send-keys", "-l", line);
      tmux("send-keys", "Enter");
      untilPrompt();
      const screen = tmux("capture-pane", "-p", "-J", "-S", "-").trimEnd();
      const typed = `$ ${line}\n`;
      const shown = screen.slice(screen.lastIndexOf(typed) + typed.length);
      return shown
        .replace(/\n?\$$/, "")
        .replaceAll(/ +$/gm, "")
        .replaceAll(home, "/home/dev");
    },
    close() {
      tmux("kill-server");
      rmSync(root, { recursive: true, force: true });
    },
  };
}
