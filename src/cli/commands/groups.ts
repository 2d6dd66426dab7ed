/** The commands by purpose, each group in the order of use: how `rolecall --help` lists them. */
export const COMMAND_GROUPS: Readonly<Record<string, readonly string[]>> = {
  Reports: [
    "overview",
    "spend",
    "why",
    "session",
    "limits",
    "watch",
    "roles",
    "fallbacks",
    "savings",
    "patterns",
  ],
  Advice: ["recommend", "impact", "replay"],
  "Set-up": ["init", "apply", "undo", "adopt", "explain", "doctor", "uninstall"],
  "Running tasks": ["route", "run", "cascade", "batch", "telemetry"],
  Reference: ["models", "config", "sql", "forget"],
};

/** Commands that Claude Code and shells run: nobody types them. */
export const PROGRAM_COMMANDS: readonly string[] = ["hook", "statusline", "mcp", "completion"];
