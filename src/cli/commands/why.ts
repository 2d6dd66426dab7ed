import { CAUSE_AXES, type CauseAxis } from "../../domain/cost-causes.ts";
import { parseDay, type Period, periodOfDays } from "../../domain/period.ts";
import { expectOneOf } from "../../domain/nearest.ts";
import { UsageError } from "../../errors.ts";
import { ledgersFrom, readWhy, type WhyReport } from "../../operations/why.ts";
import { renderAxis, renderWhy } from "../../render/why.ts";
import { renderChange } from "../../render/why-advice.ts";
import { renderWhyCsv, whyJson } from "../../render/why-fields.ts";
import { defineCommand } from "../command.ts";
import type { Io } from "../io.ts";
import {
  BRANCH_OPTION,
  filtersFrom,
  periodFrom,
  type PeriodArgs,
  REPORT_OPTIONS,
  timezoneFrom,
} from "../options.ts";
import { runReport, tasksSince } from "../report.ts";

const { role: _, ...OPTIONS } = REPORT_OPTIONS;

export default defineCommand({
  options: {
    ...OPTIONS,
    branch: BRANCH_OPTION,
    by: { type: "string", requiresArg: true, describe: `Break down by: ${CAUSE_AXES.join(", ")}` },
    change: {
      type: "string",
      requiresArg: true,
      describe: "Show one change: places, patch and how to follow it up",
    },
  },
  examples: [
    ["rolecall why", "Show causes of the cost, and what would save most"],
    ["rolecall why yesterday", "Show what was unusual about yesterday"],
    ["rolecall why 2ea22d1e", "Show what was unusual about one session"],
    ['rolecall why "gift cards"', "Find the session by words of its title or first prompt"],
    ["rolecall why --by tool --project '*shop*'", "Show content by the tool that it came from"],
  ],
  run: (args, io) =>
    runReport(
      "why",
      args,
      io,
      (history) => {
        const about = aboutFrom(args, io);
        const axis = axisFrom(args.by);
        const filters = filtersFrom({ ...args, role: undefined });
        const report = readWhy(history, {
          ...filters,
          ...about,
          now: io.now(),
          onlyCauses: axis !== undefined && !args.json && args.change === undefined,
        });
        const change = args.change === undefined ? undefined : changeFrom(report, args.change);
        return {
          period: about.period,
          ...(report.session === null ? { filters } : { sessions: [report.session] }),
          json: () => whyJson(report),
          csv: () => renderWhyCsv(report.causes, axis ?? "cause"),
          table: (surface) => {
            if (change) return renderChange(change, surface);
            return axis ? renderAxis(report.causes, axis, surface) : renderWhy(report, surface);
          },
        };
      },
      { needs: "agents", contentFrom: () => tasksSince({ since: ledgersFrom(aboutFrom(args, io)) }, io) },
    ),
});

/** The period or the session that the argument names; without one the options decide. */
function aboutFrom(
  args: PeriodArgs & { what?: unknown },
  io: Io,
): { period: Period; session?: string; isDay?: boolean } {
  const what = typeof args.what === "string" ? args.what : undefined;
  if (what === undefined) return { period: periodFrom(args, io) };
  const timezone = timezoneFrom(args, io);
  const day = parseDay(what, io.now(), timezone);
  if (day === undefined) return { period: periodFrom(args, io, "all"), session: what };
  if (/^\d{1,5}[dwmy]$/.test(what)) return { period: periodOfDays(day, undefined, timezone) };
  return { period: periodOfDays(day, day, timezone), isDay: true };
}

function axisFrom(text: string | undefined): CauseAxis | undefined {
  const axis = CAUSE_AXES.find((known) => known === text);
  if (text !== undefined && !axis)
    throw new UsageError(`--by: unknown field "${text}"`, { hint: expectOneOf(text, CAUSE_AXES) });
  return axis;
}

function changeFrom({ simulation }: WhyReport, kind: string) {
  const advice = simulation?.advice ?? [];
  const found = advice.find((one) => one.kind === kind);
  if (!found)
    throw new UsageError(`--change: unknown change "${kind}" for this history`, {
      hint:
        advice.length > 0
          ? expectOneOf(
              kind,
              advice.map((one) => one.kind),
            )
          : "Try rolecall why without --change: no change saves enough here.",
    });
  return found;
}
