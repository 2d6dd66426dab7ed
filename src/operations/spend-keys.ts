import { DAY_MS, dayOf, HOUR_MS, minuteOf, weekOf } from "../domain/calendar.ts";
import type { CauseAxis } from "../domain/cost-causes.ts";
import { projectName } from "../history/filters.ts";
import { accountName, type OpenedHistory, roleName } from "../history/open-history.ts";
import type { RepositoryOf } from "../history/repositories.ts";
import type { CategoriesOf } from "../history/spend-categories.ts";
import type { SpendColumn } from "../store/spend-sums.ts";
import type { SourcedSum } from "./attempt-sums.ts";

/** Functions that some keys need and that take a while to load. */
export interface SpendFinders {
  /** For `category` and `complexity`. */
  categoriesOf?: CategoriesOf | undefined;
  /** For `title`. */
  titleOf?: ((session: string) => string) | undefined;
  /** For `repository`, and for the note on the projects of one repository. */
  repositoryOf?: RepositoryOf | undefined;
}

/** The rule for finding the values of a key. */
interface KeyRule {
  /** The column of the sums that it is made of; absent when the sum itself has it. */
  column?: SpendColumn;
  value: (raw: string, history: OpenedHistory, sum: SourcedSum, finders: SpendFinders) => string;
  /** Rows that begin with it are in order of time. */
  isTime?: true;
  /** It belongs to tasks, so that single requests have to be looked at. */
  ofTasks?: true;
  /** Attempts of executor, cascades and batches do not have it. */
  onlyInTranscripts?: true;
}

const plain = (raw: string): string => raw;
const orNone = (raw: string): string => raw || "none";
const date = (raw: string): string => dateOf(Number(raw));

/** Everything that spend can be broken down by. */
const RULES = {
  model: { column: "model", value: plain },
  family: { column: "model", value: (model, { models }) => models.find(model)?.family ?? "unknown" },
  hour: { column: "hour", value: (hour) => hourText(Number(hour)), isTime: true },
  day: { column: "day", value: date, isTime: true },
  week: { column: "day", value: (day, { config }) => weekOf(date(day), config.weekStart), isTime: true },
  month: { column: "day", value: (day) => date(day).slice(0, 7), isTime: true },
  project: { column: "project", value: projectName, onlyInTranscripts: true },
  repository: {
    column: "project",
    value: (path, _history, _sum, { repositoryOf }) => needed(repositoryOf, "repository")(path),
    onlyInTranscripts: true,
  },
  account: { column: "account", value: accountName, onlyInTranscripts: true },
  session: { column: "session", value: plain },
  title: {
    column: "session",
    value: (session, _history, _sum, { titleOf }) => needed(titleOf, "title")(session) || "none",
    onlyInTranscripts: true,
  },
  agent: { column: "agent", value: plain, onlyInTranscripts: true },
  role: {
    column: "agent",
    value: (agent, { policy }) => roleName(policy, agent),
    onlyInTranscripts: true,
  },
  thread: {
    column: "agent",
    value: (agent) => (agent === "main" ? "main" : "agent"),
    onlyInTranscripts: true,
  },
  effort: { column: "effort", value: orNone },
  branch: { column: "branch", value: orNone, onlyInTranscripts: true },
  category: {
    value: (_raw, _history, { categories }) => categories?.category ?? "none",
    ofTasks: true,
    onlyInTranscripts: true,
  },
  complexity: {
    value: (_raw, _history, { categories }) => categories?.complexity ?? "none",
    ofTasks: true,
    onlyInTranscripts: true,
  },
  source: { value: (_raw, _history, { source }) => source },
} as const satisfies Record<string, KeyRule>;

/** A key that spend is broken down by. */
export type SpendKey = keyof typeof RULES;
export const SPEND_RULES: Readonly<Record<SpendKey, KeyRule>> = RULES;

/** Keys to group spend by. */
export const SPEND_KEYS = Object.keys(RULES) as SpendKey[];

/** Keys that divide requests by their content, as `rolecall why` does: they go with no other key. */
export const CONTENT_KEYS = [
  "tool",
  "skill",
  "mcp-server",
  "command",
] as const satisfies readonly CauseAxis[];
export type ContentKey = (typeof CONTENT_KEYS)[number];

/** Throws when a key is asked for without what finds its values: a mistake of the program. */
export function needed<Finder>(finder: Finder | undefined, key: string): Finder {
  if (finder === undefined) throw new Error(`spend by ${key} needs its finder`);
  return finder;
}

function dateOf(day: number): string {
  return dayOf(day * DAY_MS, "UTC");
}

/** Writes an hour: `2026-11-18 14:00`. */
function hourText(hour: number): string {
  return minuteOf(hour * HOUR_MS, "UTC");
}
