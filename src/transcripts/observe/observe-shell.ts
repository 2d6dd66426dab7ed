import type { Event, Seen } from "../../domain/event.ts";
import { textOf } from "../fields.ts";
import { readCommandLine } from "./command-line.ts";
import type { ToolUse } from "./observe-tool.ts";
import type { ObserverState } from "./observer-state.ts";

/** Returns the event of a shell command that matters; others are only counted. */
export function observeShell(
  { id, name, input }: ToolUse,
  cwd: string,
  seen: Seen,
  state: ObserverState,
): Event[] {
  const written = textOf(input["command"]);
  // PowerShell's paths would read as escapes.
  const line = name === "PowerShell" ? written.replaceAll("\\", "/") : written;
  countVersionControl(line, state);
  const where = { cwd, root: state.root };
  const read = readCommandLine(line, where);
  if (!read) {
    count("Bash", seen.at, state);
    return [];
  }
  const { checks, restores, stash, commits, publishes, writes } = read;
  if (checks.length > 0) state.pending.set(id, { tool: "shell", checks, where });
  const aside = checks.flatMap((check, index) => (check.aside ? [index] : []));
  return [
    {
      kind: "shell",
      ...seen,
      id,
      checks: checks.map(({ check }) => check),
      ...(aside.length > 0 && { aside }),
      ...(checks.length > 0 &&
        MEANT_TO_FAIL.test(textOf(input["description"])) && { expectsRed: true as const }),
      ...(restores.length > 0 && { restores }),
      ...(stash && { stash }),
      ...(commits && { commits: true as const }),
      ...(publishes && { publishes: true as const }),
      ...(writes && { writes: true as const }),
    },
  ];
}

/** A description such as "Confirm the new test fails without the fix". */
const MEANT_TO_FAIL =
  /\b(?:confirm|verify|check|ensure|prove|see|show|demonstrate)\b.{0,40}\bfail(?:s|ing|ure)?\b|\bfail(?:s|ing)? (?:without|before|on (?:the )?old|as expected|first)\b|\bexpect(?:ed|s|ing)?(?: it| them)? to fail\b|\bred phase\b|\bshould fail\b|\breproduc(?:e|ing)\b|\bwithout (?:the|my|our) (?:fix|change)/i;

export function count(name: string, at: number, state: ObserverState): void {
  state.counts[name] = (state.counts[name] ?? 0) + 1;
  state.lastUse = at;
}

const GIT = /(?:^|[;&|(]\s*)(?:rtk\s+|command\s+)?git\s/;
const GH = /(?:^|[;&|(]\s*)(?:rtk\s+)?gh\s/;

/** Counts uses of version control: they show the kind of work. */
function countVersionControl(line: string, state: ObserverState): void {
  if (GIT.test(line)) state.counts["git"] = (state.counts["git"] ?? 0) + 1;
  if (GH.test(line)) state.counts["gh"] = (state.counts["gh"] ?? 0) + 1;
}
