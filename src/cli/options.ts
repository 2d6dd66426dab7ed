import { readlinkSync } from "node:fs";
import type { Options } from "yargs";
import { resolveTimezone } from "../domain/calendar.ts";
import { parseDay, type Period, periodOfDays } from "../domain/period.ts";
import { UsageError } from "../errors.ts";
import type { Filters } from "../history/filters.ts";
import type { Io } from "./io.ts";

/** Where to read and where to keep. */
export const SOURCE_OPTIONS = {
  "claude-dir": {
    type: "string",
    array: true,
    requiresArg: true,
    describe: "Claude Code's folder (repeatable)",
    group: "Source:",
  },
  exclude: {
    type: "string",
    array: true,
    requiresArg: true,
    describe: "transcript not to read (repeatable)",
    group: "Source:",
  },
  db: { type: "string", requiresArg: true, describe: "file that keeps the figures", group: "Source:" },
  demo: {
    type: "boolean",
    default: false,
    describe: "read the transcripts that rolecall ships, keep nothing",
    group: "Source:",
  },
  account: {
    type: "string",
    requiresArg: true,
    describe: "Show one account: its name or folder",
    group: "Source:",
  },
  "all-accounts": {
    type: "boolean",
    default: false,
    describe: "Show every account that was ever read",
    group: "Source:",
  },
  prices: {
    type: "string",
    requiresArg: true,
    describe: "price file that adds to or overrides the catalogue",
    group: "Source:",
  },
} as const satisfies Record<string, Options>;

export const PERIOD_OPTIONS = {
  since: {
    type: "string",
    requiresArg: true,
    describe: "first day: 2026-11-01, 7d, 2w, 3m, today",
    group: "Filter:",
  },
  until: { type: "string", requiresArg: true, describe: "last day, counted in", group: "Filter:" },
  timezone: {
    type: "string",
    requiresArg: true,
    describe: "time zone of the days (default: this machine's)",
    group: "Filter:",
  },
} as const satisfies Record<string, Options>;

const FILTER_OPTIONS = {
  ...PERIOD_OPTIONS,
  project: {
    type: "string",
    requiresArg: true,
    describe: "projects: path, last folders of it, or a glob (* ?)",
    group: "Filter:",
  },
  model: {
    type: "string",
    requiresArg: true,
    describe: "models: id, name, family, or a glob (* ?)",
    group: "Filter:",
  },
  agent: {
    type: "string",
    requiresArg: true,
    describe: "one agent type; main for the main thread",
    group: "Filter:",
  },
  role: { type: "string", requiresArg: true, describe: "one role of the policy", group: "Filter:" },
} as const satisfies Record<string, Options>;

export const EVIDENCE_OPTION = {
  type: "string",
  choices: ["all", "strong"],
  default: "all",
  describe: "strong: outcomes that rest only on the user continuing count as unknown",
  group: "Filter:",
} as const satisfies Options;

export const OUTPUT_OPTIONS = {
  json: { type: "boolean", default: false, describe: "JSON for programs", group: "Output:" },
  csv: { type: "boolean", default: false, describe: "CSV for spreadsheets", group: "Output:" },
  color: {
    type: "boolean",
    describe: "colors (default: on terminals; NO_COLOR is respected)",
    group: "Output:",
  },
  quiet: { type: "boolean", default: false, describe: "no progress, no notes", group: "Output:" },
  diagnostics: {
    type: "boolean",
    default: false,
    describe: "show parse diagnostics: lines parsed, skipped, failed",
    group: "Output:",
  },
} as const satisfies Record<string, Options>;

/** What a report takes. */
export const REPORT_OPTIONS = { ...SOURCE_OPTIONS, ...FILTER_OPTIONS, ...OUTPUT_OPTIONS } as const;

export interface PeriodArgs {
  since?: string | undefined;
  until?: string | undefined;
  days?: number | undefined;
  timezone?: string | undefined;
}

/** The period that the options name; `lastDays` where they name none. Throws UsageError for what is no day. */
export function periodFrom(args: PeriodArgs, io: Io, lastDays?: number): Period {
  const named = args.timezone ?? io.env["TZ"];
  const timezone = resolveTimezone(named ?? machineZone()) ?? badZone(args.timezone, io);
  const days = daysFrom(args.days) ?? (args.since === undefined ? lastDays : undefined);
  const first = args.since ?? (days === undefined ? undefined : `${days}d`);
  const since = first === undefined ? undefined : dayFrom("since", first, io, timezone);
  const until = args.until === undefined ? undefined : dayFrom("until", args.until, io, timezone);
  if (since !== undefined && until !== undefined && until < since)
    throw new UsageError(`--until: ${until} is before ${since}, the first day`, {
      hint: "Give --since an earlier day, or --until a later one.",
    });
  return periodOfDays(since, until, timezone);
}

/** The zone that the machine's clock is set to, where a link says so. */
function machineZone(): string | undefined {
  try {
    return readlinkSync("/etc/localtime").split("/zoneinfo/")[1];
  } catch {
    return undefined;
  }
}

function daysFrom(days: number | undefined): number | undefined {
  if (days === undefined || (Number.isInteger(days) && days >= 1 && days < 100_000)) return days;
  throw new UsageError("--days: invalid number of days", {
    hint: "Expected a whole number from 1, such as 30.",
  });
}

/** The day that an option names. Throws UsageError for what is no day. */
export function dayFrom(name: string, text: string, io: Io, timezone: string): string {
  const day = parseDay(text, io.now(), timezone);
  if (day !== undefined) return day;
  throw new UsageError(`--${name}: invalid date "${text}"`, {
    hint: "Expected 2026-11-01, today, yesterday, 7d, 2w, 3m or 1y.",
  });
}

function badZone(named: string | undefined, io: Io): string {
  const zone = named ?? io.env["TZ"] ?? "";
  if (named === undefined) return resolveTimezone() ?? "UTC"; // a TZ that only the C library knows
  throw new UsageError(`--timezone: unknown time zone "${zone}"`, {
    hint: "Write one like Europe/Berlin or UTC.",
  });
}

/** The filters that the options name. */
export function filtersFrom(args: Omit<Filters, "evidence"> & { evidence?: string | undefined }): Filters {
  const { project, model, agent, role, evidence } = args;
  return {
    ...(evidence === "strong" && { evidence }),
    ...(project !== undefined && { project }),
    ...(model !== undefined && { model }),
    ...(agent !== undefined && { agent }),
    ...(role !== undefined && { role }),
  };
}
