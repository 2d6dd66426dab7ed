import { COMMAND_GROUPS, PROGRAM_COMMANDS } from "./commands/groups.ts";
import { COMMANDS } from "./commands/index.ts";

/** Lists the commands by purpose, for `rolecall --help`. */
export function renderHelp(): string {
  const groups = Object.entries(COMMAND_GROUPS).map(([title, names]) =>
    [`${title}:`, ...names.map((name) => line(name, COMMANDS[name]?.summary ?? ""))].join("\n"),
  );
  return [
    "rolecall COMMAND [OPTIONS]",
    "Show what Claude Code cost, how it went, and the best model for each role.",
    ...groups,
    ["Options:", line("-h, --help", "Show this help"), line("--version", "Show the version")].join("\n"),
    `Run by Claude Code and shells: ${PROGRAM_COMMANDS.join(", ")}.`,
    "rolecall COMMAND --help shows the options and examples of a command.\n",
  ].join("\n\n");
}

/** Renders examples for a command's help: above each command line what it does, so that the line can be pasted. */
export function renderExamples(examples: readonly (readonly [string, string])[]): string {
  return ["Examples:", ...examples.map(([command, purpose]) => `  # ${purpose}\n  ${command}`)].join("\n");
}

function line(name: string, summary: string): string {
  return `  ${name.padEnd(10)}  ${summary}`;
}
