import type { BranchFacts } from "../operations/branches.ts";
import type { SessionFacts } from "../operations/session-facts.ts";
import type { SpendRow } from "../operations/spend.ts";
import { formatInteger } from "./numbers.ts";
import { formatRate, rateFields } from "./rates.ts";
import type { Surface } from "./style.ts";
import { type Column, shorten } from "./table.ts";
import { lastPart, plainLine } from "./text.ts";

/** Columns and fields of a breakdown besides those of every breakdown. */
export interface BesideSpend {
  columns: readonly Column[];
  cellsOf: (row: SpendRow, surface: Surface) => readonly string[];
  fieldsOf: (row: SpendRow) => Readonly<Record<string, unknown>>;
}

/** Shows the activity on each branch beside its cost. */
export function besideBranches(facts: ReadonlyMap<string, BranchFacts>): BesideSpend {
  return {
    columns: [
      { title: "Project", shrink: true, drop: 2 },
      { title: "Sessions", align: "right", drop: 1 },
      { title: "Agents", align: "right", drop: 2 },
      { title: "Days", align: "right", drop: 1 },
      { title: "Tasks", align: "right", drop: 1 },
      { title: "Success", align: "right", drop: 1 },
    ],
    cellsOf: (row) => branchCells(facts.get(row.key.branch ?? "")),
    fieldsOf: (row) => {
      const found = facts.get(row.key.branch ?? "");
      return found ? { ...found, successRate: rateFields(found.successRate) } : {};
    },
  };
}

function branchCells(found: BranchFacts | undefined): string[] {
  if (!found) return ["", "", "", "", "", ""];
  const { projects, sessions, agentRuns, activeDays, tasks, outcomes, successRate } = found;
  return [
    listProjects(projects),
    ...[sessions, agentRuns, activeDays, tasks].map(formatInteger),
    formatRate(successRate, tasks - outcomes.unknown),
  ];
}

/** Names the first project of a branch by its folder, and counts the others. */
function listProjects([first = "", ...others]: readonly string[]): string {
  return others.length === 0 ? lastPart(first) : `${lastPart(first)} +${others.length}`;
}

/** A title has at most this share of a terminal's width: it leaves space for numbers. */
const TITLE_SHARE = 0.3;

/** Shows title and project beside each session. */
export function besideSessions(facts: ReadonlyMap<string, SessionFacts>): BesideSpend {
  return {
    columns: [
      { title: "Title", shrink: true, drop: 2 },
      { title: "Project", shrink: true, drop: 4 },
    ],
    cellsOf: (row, { width }) => {
      const { title = "", project = "" } = facts.get(row.key.session ?? "") ?? {};
      const shown = plainLine(title);
      return [width === 0 ? shown : shorten(shown, Math.floor(width * TITLE_SHARE)), lastPart(project)];
    },
    fieldsOf: (row) => {
      const found = facts.get(row.key.session ?? "");
      return { title: found?.title || null, project: found?.project ?? null };
    },
  };
}
