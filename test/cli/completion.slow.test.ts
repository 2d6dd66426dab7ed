import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { writeSession } from "../helpers/one-request.ts";
import { runCli } from "../helpers/run-cli.ts";

const BIN = join(import.meta.dirname, "../../src/cli/bin.ts");

/** Writes a history whose names are hard to complete, and returns the environment in which a program `rolecall` reads it. */
async function withNames(): Promise<NodeJS.ProcessEnv> {
  const folder = mkdtempSync(join(tmpdir(), "rolecall-bin-"));
  const places: [cwd: string, branch: string][] = [
    ["/tmp/My Shop", "feature/a b"],
    ["/tmp/Café Ünï", "fix:colon"],
    ["/tmp/-rf; reboot", "$(reboot)"],
    ["/tmp/plain", "main"],
  ];
  places.forEach(([cwd, gitBranch], index) => {
    const session = `${index}aaaaaaa-0000-4000-8000-000000000000`;
    writeSession(folder, session, { cwd, gitBranch });
  });
  const db = join(folder, "store.db");
  await runCli(["spend", "--all", "--claude-dir", folder, "--db", db]);
  writeFileSync(join(folder, "rolecall"), `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`);
  chmodSync(join(folder, "rolecall"), 0o755);
  return {
    ...process.env,
    PATH: `${folder}:${process.env["PATH"]}`,
    CLAUDE_CONFIG_DIR: folder,
    ROLECALL_DB: db,
    LC_ALL: "C.UTF-8",
  };
}

function has(shell: string): boolean {
  return spawnSync(shell, ["--version"]).status === 0;
}

/** Starts a shell in a terminal, types lines, presses Tab after each, and prints what stands there then, with `|` at its end. */
const PRESS_TAB = `
zmodload zsh/zpty
case $1 in
  zsh) zpty s zsh -f -i
    setup='PS1=; unsetopt beep; autoload -Uz compinit; compinit -D -u; eval "$(rolecall completion zsh)";
      dump() { print -r -- "<<$BUFFER>>" }; zle -N dump; bindkey "^X" dump; print RE""ADY';;
  bash) zpty s bash --norc -i
    setup='PS1=; bind "set bell-style none"; bind "set enable-bracketed-paste off"; eval "$(rolecall completion bash)";
      bind -x '"'"'"\\C-x": printf "<<%s>>\\n" "$READLINE_LINE"'"'"'; echo RE""ADY';;
esac
zpty -w s "\${setup//$'\\n'/ }"
zpty -r s out '*READY*'
for typed in "$@[2,-1]"; do
  zpty -w -n s $'\\C-u'"$typed"$'\\t\\C-x'
  zpty -r s out '*<<*>>*'
  print -r -- "\${\${out##*<<}%%>>*}|"
done
zpty -d s
`;

/** Returns the words that fish offers for a line. */
function offeredByFish(line: string, env: NodeJS.ProcessEnv): (string | undefined)[] {
  const script = 'rolecall completion fish | source; complete -C "$argv"';
  const out = execFileSync("fish", ["--no-config", "-c", script, "--", line], { encoding: "utf8", env });
  return out
    .trimEnd()
    .split("\n")
    .map((row) => row.split("\t")[0]);
}

/** Calls the function of bash for these words, and prints what it offers. */
function press(...words: string[]): string {
  return `COMP_WORDS=(rolecall ${words.join(" ")}); COMP_CWORD=${words.length}; _rolecall_complete; echo "\${COMPREPLY[*]}"`;
}

describe("the script for", () => {
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => void (env = await withNames()));

  const LINES: readonly (readonly [typed: string, completed: string])[] = [
    ["rolecall sessi", "rolecall session "],
    ["rolecall spend --recon", "rolecall spend --reconcile "],
    ["rolecall spend --by effo", "rolecall spend --by effort "],
    ["rolecall spend --by=effo", "rolecall spend --by=effort "],
    ["rolecall spend --by day,effo", "rolecall spend --by day,effort "],
    ["rolecall spend --by day,model --sort da", "rolecall spend --by day,model --sort day "],
    ["rolecall spend --model son", "rolecall spend --model sonnet "],
    ["rolecall spend --role review", "rolecall spend --role reviewer "],
    ["rolecall session 3aa", "rolecall session 3aaaaaaa "],
    ["rolecall spend --project pl", "rolecall spend --project plain "],
    ["rolecall spend --project My", "rolecall spend --project My\\ Shop "],
    ["rolecall spend --project My\\ S", "rolecall spend --project My\\ Shop "],
    ["rolecall spend --project 'My", "rolecall spend --project 'My Shop' "],
    ["rolecall spend --project Caf", "rolecall spend --project Café\\ Ünï "],
    ["rolecall why --branch fix", "rolecall why --branch fix:colon "],
    ["rolecall why --branch fix:co", "rolecall why --branch fix:colon "],
    ["rolecall why --branch feature/a", "rolecall why --branch feature/a\\ b "],
    ["rolecall spend --db /etc/host.", "rolecall spend --db /etc/host.conf "],
  ];

  it.skipIf(!has("zsh")).each(["bash", "zsh"])(
    "%s completes what is typed",
    (shell) => {
      const typed = LINES.map(([line]) => line);
      const out = execFileSync("zsh", ["-f", "-c", PRESS_TAB, "zsh", shell, ...typed], {
        encoding: "utf8",
        env,
        timeout: 60_000,
      });
      const lines = out.trimEnd().split(/\r?\n/);
      expect(lines.map((line, index) => [typed[index], line])).toEqual(
        LINES.map(([line, completed]) => [line, `${completed}|`]),
      );
    },
    60_000,
  );

  it.skipIf(!has("bash"))("bash works without a terminal, too", () => {
    const lines = [
      'eval "$(rolecall completion bash)"',
      press("spend", "--by", "=", "mo"),
      press("spend", "--project", "My"),
      press("why", "--branch", "fix", ":", "co"),
      press("why", "--branch", "fix", ":"),
    ];
    const out = execFileSync("bash", ["--norc", "-c", lines.join("\n")], { encoding: "utf8", env });
    expect(out.trimEnd().split("\n")).toEqual(["model month", "My\\ Shop", "colon", "colon"]);
  });

  it.skipIf(!has("zsh"))("zsh offers words with their meaning", () => {
    const script = [
      "compdef() { :; }",
      '_describe() { print -rl -- "${(@P)2}"; }',
      'eval "$(rolecall completion zsh)"',
      "words=(rolecall sess); PREFIX=sess; CURRENT=2; _rolecall",
      "words=(rolecall why --branch fix:); PREFIX=fix:; CURRENT=4; _rolecall",
    ];
    const out = execFileSync("zsh", ["-f", "-c", script.join("\n")], { encoding: "utf8", env });
    expect(out).toMatch(/^session:[A-Z].*\nfix\\:colon\n$/);
  });

  it.skipIf(!has("fish"))("fish offers words, and files where none fits", () => {
    expect(offeredByFish("rolecall spend --by mo", env)).toEqual(["model", "month"]);
    expect(offeredByFish("rolecall spend --by=mo", env)).toEqual(["--by=model", "--by=month"]);
    expect(new Set(offeredByFish("rolecall spend --project ", env))).toEqual(
      new Set(["Café Ünï", "My Shop", "plain"]),
    );
    expect(offeredByFish("rolecall spend --project My\\ S", env)).toEqual(["My Shop"]);
    expect(offeredByFish("rolecall spend --project 'My S", env)).toEqual(["My Shop"]);
    expect(offeredByFish("rolecall why --branch fix:", env)).toEqual(["fix:colon"]);
    expect(offeredByFish("rolecall session 3", env)).toEqual(["3aaaaaaa"]);
    expect(offeredByFish("rolecall spend --db /etc/host.", env)).toEqual(["/etc/host.conf"]);
  });
});
