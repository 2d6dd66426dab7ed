import { readlinkSync } from "node:fs";
import type { Options } from "yargs";
import { addDays, dayOf, resolveTimezone, setOwnZone } from "../domain/calendar.ts";
import { parseDay, type Period, periodOfDays } from "../domain/period.ts";
import { UsageError } from "../errors.ts";
import type { Filters } from "../history/filters.ts";
import type { Io } from "./io.ts";

/** Options for the folders to read from and the file to keep data in. */
export const SOURCE_OPTIONS = {
  "claude-dir": {
    type: "string",
    array: true,
    requiresArg: true,
    describe: "Read this configuration folder of Claude Code (repeatable)",
    group: "Source:",
  },
  exclude: {
    type: "string",
    array: true,
    requiresArg: true,
    describe: "Leave this transcript out (repeatable)",
    group: "Source:",
  },
  db: { type: "string", requiresArg: true, describe: "Use this store file", group: "Source:" },
  demo: {
    type: "boolean",
    default: false,
    describe: "Read the transcripts that rolecall ships; keep nothing",
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
    describe: "Add to or override the price catalogue with this file",
    group: "Source:",
  },
} as const satisfies Record<string, Options>;

/** Length of the period of every report by default, in days. */
const LAST_DAYS = 30;

export const PERIOD_OPTIONS = {
  since: {
    type: "string",
    requiresArg: true,
    describe: "Start on this day: 2026-11-01, 7d, 2w, 3m, today",
    group: "Filter:",
  },
  until: { type: "string", requiresArg: true, describe: "End on this day (included)", group: "Filter:" },
  days: {
    type: "number",
    requiresArg: true,
    describe: `Cover the last N days, today or --until included (default: ${LAST_DAYS})`,
    group: "Filter:",
  },
  all: { type: "boolean", default: false, describe: "Cover every day that is kept", group: "Filter:" },
  timezone: {
    type: "string",
    requiresArg: true,
    describe: "Set the time zone of days (default: this machine's)",
    group: "Filter:",
  },
} as const satisfies Record<string, Options>;

const FILTER_OPTIONS = {
  ...PERIOD_OPTIONS,
  project: {
    type: "string",
    requiresArg: true,
    describe: "Show projects: path, last folders of it, or a glob (* ?)",
    group: "Filter:",
  },
  model: {
    type: "string",
    requiresArg: true,
    describe: "Show models: id, name, family, or a glob (* ?)",
    group: "Filter:",
  },
  agent: {
    type: "string",
    requiresArg: true,
    describe: "Show one agent type (main: the main thread)",
    group: "Filter:",
  },
  role: { type: "string", requiresArg: true, describe: "Show one role of the policy", group: "Filter:" },
} as const satisfies Record<string, Options>;

/** Of reports on requests: a task has no branch. */
export const BRANCH_OPTION = {
  type: "string",
  requiresArg: true,
  describe: "Show branches: name, last part of it, or a glob (* ?)",
  group: "Filter:",
} as const satisfies Options;

export const EVIDENCE_OPTION = {
  type: "string",
  choices: ["all", "strong"],
  default: "all",
  describe: "Choose the evidence (strong: ignore outcomes shown only by the user continuing)",
  group: "Filter:",
} as const satisfies Options;

export const OUTPUT_OPTIONS = {
  json: { type: "boolean", default: false, describe: "Print JSON", group: "Output:" },
  csv: { type: "boolean", default: false, describe: "Print CSV", group: "Output:" },
  color: {
    type: "boolean",
    describe: "Use colors (default: on terminals, unless NO_COLOR is set)",
    group: "Output:",
  },
  quiet: { type: "boolean", default: false, describe: "Hide progress", group: "Output:" },
  diagnostics: {
    type: "boolean",
    default: false,
    describe: "Show parse diagnostics: lines parsed, skipped, failed",
    group: "Output:",
  },
} as const satisfies Record<string, Options>;

/** Options of a command with one table: its columns and rows. */
export const TABLE_OPTIONS = {
  columns: {
    type: "string",
    requiresArg: true,
    describe: "Show these columns of the table: model,requests,cost",
    group: "Output:",
  },
  compact: {
    type: "boolean",
    default: false,
    describe: "Show only the columns that a narrow table keeps",
    group: "Output:",
  },
  reverse: { type: "boolean", default: false, describe: "Reverse the order", group: "Output:" },
} as const satisfies Record<string, Options>;

export const LIMIT_OPTION = {
  type: "number",
  requiresArg: true,
  describe: "Show this many rows",
  group: "Output:",
} as const satisfies Options;

/** The options of a report. */
export const REPORT_OPTIONS = { ...SOURCE_OPTIONS, ...FILTER_OPTIONS, ...OUTPUT_OPTIONS } as const;

export interface PeriodArgs {
  since?: string | undefined;
  until?: string | undefined;
  days?: number | undefined;
  all?: boolean | undefined;
  timezone?: string | undefined;
}

/** Returns the period that the options name; the last days if they name none. Throws UsageError for invalid days. */
export function periodFrom(args: PeriodArgs, io: Io, lastDays = io.config?.period ?? LAST_DAYS): Period {
  requireOneBeginning(args);
  const timezone = timezoneFrom(args, io);
  const until = args.until === undefined ? undefined : dayFrom("until", args.until, io, timezone);
  const since = firstDayOf(args, until, lastDays, io, timezone);
  if (since !== undefined && until !== undefined && until < since)
    throw new UsageError(`--until: day before the first one "${until}"`, {
      hint: `Expected ${since} or later. Try an earlier --since.`,
    });
  return periodOfDays(since, until, timezone);
}

/** Returns the time zone that the options name, else that of the machine. Throws UsageError for an unknown one. */
export function timezoneFrom({ timezone }: Pick<PeriodArgs, "timezone">, io: Io): string {
  const named = timezone ?? io.env["TZ"];
  const own = machineZone();
  if (own !== undefined && process.env["TZ"] === undefined) setOwnZone(own);
  return resolveTimezone(named ?? io.config?.timezone ?? own) ?? badZone(timezone, io);
}

/** Returns the first day of a period; undefined for one that reaches back as far as anything is kept. */
function firstDayOf(
  args: PeriodArgs,
  until: string | undefined,
  lastDays: number | "all",
  io: Io,
  timezone: string,
): string | undefined {
  if (args.since !== undefined) return dayFrom("since", args.since, io, timezone);
  const days = daysFrom(args.days) ?? (args.all || until !== undefined ? "all" : lastDays);
  return days === "all" ? undefined : addDays(until ?? dayOf(io.now(), timezone), 1 - days);
}

/** Throws UsageError if two options say where the period begins. */
function requireOneBeginning({ since, days, all }: PeriodArgs): void {
  const given = [
    ...(all ? ["--all"] : []),
    ...(since === undefined ? [] : ["--since"]),
    ...(days === undefined ? [] : ["--days"]),
  ];
  if (given.length < 2) return;
  throw new UsageError(`${given[0]}: cannot be combined with ${given[1]}`, {
    hint: "Expected one of --all, --since and --days. Try --since with --until.",
  });
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
  throw new UsageError(`--days: invalid number of days "${days}"`, {
    hint: "Expected a whole number from 1, such as 30.",
  });
}

/** Returns the day that an option names. Throws UsageError for an invalid day. */
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
    hint: "Expected a name such as Europe/Berlin or UTC.",
  });
}

/** The filters that the options name. */
export function filtersFrom(args: Omit<Filters, "evidence"> & { evidence?: string | undefined }): Filters {
  const { project, model, agent, role, branch, evidence } = args;
  return {
    ...(evidence === "strong" && { evidence }),
    ...(project !== undefined && { project }),
    ...(model !== undefined && { model }),
    ...(agent !== undefined && { agent }),
    ...(role !== undefined && { role }),
    ...(branch !== undefined && { branch }),
  };
}

/** Options for the place of advice, and for asking the user. */
export const PLACE_OPTIONS = {
  user: { type: "boolean", describe: "Write to the user's configuration folder instead of this project" },
  "dry-run": { type: "boolean", describe: "Show only what would be written" },
  yes: { type: "boolean", describe: "Do not ask" },
} as const satisfies Record<string, Options>;
