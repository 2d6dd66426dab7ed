/** Words that stand before the program that really runs. */
const WRAPPERS = new Set([
  "sudo",
  "time",
  "nice",
  "nohup",
  "command",
  "exec",
  "env",
  "npx",
  "bunx",
  "pnpx",
  "dotenv",
  "cross-env",
  "xvfb-run",
  "stdbuf",
  "unbuffer",
  "caffeinate",
  "script",
  "winpty",
]);
/** Wrappers of two words: the second is part of them. */
const PAIRS: Readonly<Record<string, ReadonlySet<string>>> = {
  pnpm: new Set(["exec", "dlx"]),
  yarn: new Set(["exec", "dlx"]),
  npm: new Set(["exec", "x"]),
  bun: new Set(["x"]),
  poetry: new Set(["run"]),
  uv: new Set(["run"]),
  pipenv: new Set(["run"]),
  pdm: new Set(["run"]),
  hatch: new Set(["run"]),
  rye: new Set(["run"]),
  conda: new Set(["run"]),
  bundle: new Set(["exec"]),
  mise: new Set(["exec", "x"]),
  nix: new Set(["develop", "shell"]),
  direnv: new Set(["exec"]),
  docker: new Set(["exec", "run", "compose"]),
  "docker-compose": new Set(["exec", "run"]),
  podman: new Set(["exec", "run", "compose"]),
  kubectl: new Set(["exec"]),
};

/** Returns the words of the program that really runs, without what only starts it. */
export function unwrap(words: readonly string[]): readonly string[] {
  let rest = words;
  for (let guard = 0; guard < 8; guard++) {
    const [first = "", second = ""] = rest;
    if (/^\w+=/.test(first)) rest = rest.slice(1);
    else if (first === "timeout" || first === "gtimeout")
      rest = rest.slice(rest.findIndex((word, at) => at > 0 && /^[\d.]+[smhd]?$/.test(word)) + 1 || 1);
    else if (first === "rtk") rest = rest.slice(RTK_COMMANDS.test(second) ? 2 : 1);
    else if (/^wsl(?:\.exe)?$/.test(first)) rest = withoutWsl(rest.slice(1));
    else if (WRAPPERS.has(first)) rest = withoutOptions(rest.slice(1));
    else if (Object.hasOwn(PAIRS, first) && PAIRS[first]?.has(second)) {
      if (second === "compose" && !["exec", "run"].includes(rest[2] ?? "")) break;
      rest = withoutOptions(rest.slice(second === "compose" ? 3 : 2));
      if (/docker|podman|kubectl/.test(first)) {
        rest = rest.slice(rest[1] === "--" ? 2 : 1);
      }
    } else break;
  }
  return rest;
}

/** A filter for the output of other programs. */
const RTK_COMMANDS = /^(?:test|lint|err|proxy|summary)$/;

const OPTIONS_WITH_VALUE =
  /^(?:-[eufpwcvn]|--(?:env|user|package|workdir|volume|name|network|env-file|extra|with|group))$/;

function withoutOptions(words: readonly string[]): readonly string[] {
  let at = 0;
  while (words[at]?.startsWith("-")) at += OPTIONS_WITH_VALUE.test(words[at] ?? "") ? 2 : 1;
  return words.slice(at);
}

function withoutWsl(words: readonly string[]): readonly string[] {
  let at = 0;
  while (words[at]?.startsWith("-"))
    at += /^(?:-d|--distribution|-u|--user|--cd)$/.test(words[at] ?? "") ? 2 : 1;
  return words.slice(at);
}

const POWERSHELL = /^(?:.*[/\\])?(?:pwsh|powershell)(?:\.exe)?$/i;
const CMD = /^(?:.*[/\\])?cmd(?:\.exe)?$/i;
const UNIX_SHELL = /^(?:\/\w+)*\/?(?:ba|z|da|fi|k)?sh$/;

/** Returns whether a program runs scripts of shell commands. */
export function isShell(program: string): boolean {
  return POWERSHELL.test(program) || CMD.test(program) || UNIX_SHELL.test(program);
}

/** Returns the script inside `bash -c "…"` or `pwsh -Command "…"`. */
export function shellScript(words: readonly string[]): string | undefined {
  if (POWERSHELL.test(words[0] ?? "")) {
    const at = words.findIndex((word) => /^-c(?:ommand)?$/i.test(word));
    return at > 0 ? words.slice(at + 1).join(" ") : undefined;
  }
  if (CMD.test(words[0] ?? "")) {
    const at = words.findIndex((word) => /^\/c$/i.test(word));
    return at > 0 ? words.slice(at + 1).join(" ") : undefined;
  }
  if (!UNIX_SHELL.test(words[0] ?? "")) return undefined;
  const at = words.findIndex((word) => /^-\w*c$/.test(word));
  return at > 0 ? words[at + 1] : undefined;
}
