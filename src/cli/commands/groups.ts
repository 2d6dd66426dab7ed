/** The commands by purpose, each group in the order of use: how `rolecall --help` lists them. */
export const COMMAND_GROUPS: Readonly<Record<string, readonly string[]>> = {
  Reports: [
    "overview",
    "spend",
    "why",
    "sessions",
    "session",
    "blocks",
    "limits",
    "roles",
    "fallbacks",
    "savings",
    "patterns",
  ],
  Advice: ["recommend", "impact", "outcome"],
  "Set-up": ["init", "plan", "apply", "check", "undo", "adopt", "explain", "doctor", "hook"],
  "Running tasks": ["route", "run", "cascade", "batch", "telemetry"],
  Reference: ["models", "config", "sql", "mcp", "forget"],
};
