import { describe, expect, it } from "vitest";
import { programOf } from "../../../src/transcripts/blocks/program.ts";
import {
  COMMON_SCRIPTS,
  PROGRAM_NAMES,
  PYTHON_MODULES,
  SUBCOMMANDS,
} from "../../../src/transcripts/blocks/program-names.ts";
import { splitCommands } from "../../../src/transcripts/observe/shell.ts";

const nameOf = (line: string) => programOf(splitCommands(line));

describe("a shell line is named for", () => {
  it.each([
    ["git commit -m 'fix the cart'", "git commit"],
    ["git -C /srv/app --no-pager log -3", "git log"],
    ["npm test", "npm test"],
    ["npm run test -- --watch=false", "npm run test"],
    ["npm --prefix web run build", "npm run build"],
    ["npm run deploy-to-customer-x", "npm run"],
    ["pnpm exec vitest run", "vitest"],
    ["npx tsc --noEmit", "tsc"],
    ["go test ./... -run TestCart", "go test"],
    ["cargo +nightly build --release", "cargo build"],
    ["make lint", "make lint"],
    ["make customer-x", "make"],
    ["python -m pytest -q", "python -m pytest"],
    ["python -m company_secret", "python"],
    ["python3 scripts/x.py", "python3"],
    ["docker compose up -d", "docker compose"],
    ["docker run --rm -e KEY=value image cmd", "docker run"],
    ["kubectl -n shop get pods", "kubectl get"],
    ["/usr/bin/git status", "git status"],
    [".venv/bin/python x.py", "python"],
    [String.raw`'C:\Program Files\Git\bin\git.exe' status`, "git status"],
    ["$out = Get-ChildItem -Recurse", "Get-ChildItem"],
  ])("its program and a well-known command of that: %s", (line, name) => {
    expect(nameOf(line)).toBe(name);
  });

  it.each([
    ["cd /srv/app && npm test 2>&1 | tail -20", "npm test"],
    ["export A=1; source .env; FOO=bar timeout 60 go build", "go build"],
    ["sudo -E env A=1 nice npx vitest", "vitest"],
    ["echo start && sleep 2 && curl -s localhost", "curl"],
    ["cat a.txt | grep b | sort", "cat"],
    ["for f in *.ts; do wc -l $f; done", "wc"],
    ["if test -f a; then rg b; fi", "rg"],
    ['bash -c "cd x && cargo test"', "cargo test"],
    ["KEY=$(cat key) gh api /user", "cat"],
    ["cd /srv/app", "cd"],
    ["echo done", "echo"],
  ])("the first program that does more than set up the shell: %s", (line, name) => {
    expect(nameOf(line)).toBe(name);
  });

  it.each([
    ["./scripts/deploy-customer.sh --token abc", "own program"],
    ["/home/alice/private/tool x", "own program"],
    ["$HOME/bin/tool", "own program"],
    ["acme-internal login", "other program"],
    ["sk-ant-api03-abcdef", "other program"],
    ["hunter2", "other program"],
    ['"my secret phrase"', "other program"],
    ["$SECRET", "other program"],
    ["`cat key`", "other program"],
    ["PASSWORD=hunter2", "other program"],
    ["", "other program"],
    ["\u0000\u001b[2J", "other program"],
    ["__proto__", "other program"],
    ["constructor toString", "other program"],
    ["git __proto__", "git"],
    ["git constructor", "git"],
    ["npm run __proto__", "npm run"],
    ["python -m", "python"],
    ["git\tsecret", "git"],
    ["'git\tsecret'", "other program"],
    ["cat <<'EOF'\nhunter2\nEOF", "cat"],
    ['echo "unterminated hunter2', "echo"],
    ["a".repeat(5000), "other program"],
    [`${'bash -c "'.repeat(50)}x`, "bash"],
  ])("no word of it that is not in a list: %s", (line, name) => {
    expect(nameOf(line)).toBe(name);
  });

  it("words of the lists, whatever it is made of", () => {
    const parts =
      "git npm run test hunter2 ./x.sh -m -c $(x) `y` | && ; > < ( ) { } \" ' \\ <<EOF \n = $A A=b bash python -- é 💥".split(
        " ",
      );
    const known = new Set(
      [...PROGRAM_NAMES, ...COMMON_SCRIPTS, ...PYTHON_MODULES, "-m", "own", "other", "program"].concat(
        Object.values(SUBCOMMANDS).flatMap((words) => [...words]),
      ),
    );
    let state = 1;
    const next = () => (state = (state * 48_271) % 2_147_483_647);
    for (let round = 0; round < 3000; round++) {
      const line = Array.from({ length: 1 + (next() % 9) }, () => parts[next() % parts.length]).join(" ");
      const words = nameOf(line).split(" ");
      expect(words.filter((word) => !known.has(word))).toEqual([]);
      expect(words.length).toBeLessThanOrEqual(3);
    }
  });
});
