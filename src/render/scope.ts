import { addDays, dayOf, DAY_MS } from "../domain/calendar.ts";
import type { Period } from "../domain/period.ts";
import type { Scope } from "../operations/scope.ts";
import { currencyText, formatInteger, plural } from "./numbers.ts";
import type { Surface } from "./style.ts";
import { plainLine } from "./text.ts";

/** Returns the first line of every table: the period, accounts and projects that it covers, and the filters. */
export function renderScope(scope: Scope, now: number, { style }: Surface): string {
  const rest = [
    namesOf(scope.accounts, "account"),
    projectsOf(scope),
    ...filtersOf(scope),
    currencyText() ?? [],
  ].flat();
  return `${style("bold", periodText(scope.period, now, scope.firstAt))}${style("dim", ` · ${rest.join(" · ")}`)}\n`;
}

/** Returns a period in words: `Last 30 days: 2026-10-22 to 2026-11-20 (UTC)`. */
export function periodText({ since, until, timezone }: Period, now: number, firstAt?: number): string {
  const first = since ?? firstAt;
  const [today, last] = [dayOf(now, timezone), dayOf(until === undefined ? now : until - 1, timezone)];
  const from = first === undefined ? "" : dayOf(first, timezone);
  if (from === "") return `All days up to ${last} (${timezone})`;
  const span = from === last ? from : `${from} to ${last}`;
  const name = last !== today ? "" : since === undefined ? "All days" : lastDays(from, today);
  return `${name === "" ? "" : `${name}: `}${span} (${timezone})`;
}

function lastDays(from: string, today: string): string {
  const days = Math.round((Date.parse(today) - Date.parse(addDays(from, -1))) / DAY_MS);
  if (days < 1) return "";
  return days === 1 ? "Today" : `Last ${formatInteger(days)} days`;
}

function projectsOf({ projects, filters: { project } }: Scope): string {
  const like = project === undefined ? "" : ` like ${plainLine(project)}`;
  return `${namesOf(projects, "project")}${projects.length === 1 ? "" : like}`;
}

/** Names one thing, or counts several. */
function namesOf(names: readonly string[], noun: string): string {
  if (names.length === 1) return `${noun} ${plainLine(names[0] ?? "")}`;
  return plural(names.length, noun);
}

function filtersOf({ filters: { model, agent, role, branch, evidence } }: Scope): string[] {
  const named = Object.entries({ model, agent, role, branch }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} ${plainLine(value)}`],
  );
  return evidence === undefined ? named : [...named, `only ${evidence} evidence`];
}
