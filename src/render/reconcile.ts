import { toUsd } from "../domain/money.ts";
import { sum } from "../domain/numbers.ts";
import type { Causes, Reconciliation } from "../operations/reconcile.ts";
import { renderCsv } from "./csv.ts";
import { formatInteger, formatUsd, plural } from "./numbers.ts";
import type { Surface } from "./style.ts";
import { type Column, renderTable } from "./table.ts";
import { plainLine } from "./text.ts";

const COLUMNS: readonly Column[] = [
  { title: "Session" },
  { title: "Project", shrink: true, drop: 2 },
  { title: "Client", align: "right" },
  { title: "Lines", align: "right" },
  { title: "Unattributed", align: "right" },
  { title: "Known cause", drop: 1 },
];

/** Rows that are shown; JSON and CSV have all. */
const MOST = 20;

/** Claude Code's own count of each session beside its lines: the sessions that differ, and all of them summed. */
export function renderReconciliation(rows: readonly Reconciliation[], surface: Surface): string {
  const { style } = surface;
  if (rows.length === 0)
    return style("dim", "Claude Code left no count of its own for any of these sessions.\n");
  const differing = rows.filter(({ unattributedNano }) => unattributedNano !== 0);
  const all = (key: "clientNano" | "transcriptNano" | "unattributedNano") =>
    formatUsd(sum(rows.map((row) => row[key])));
  const title = `${style("bold", "Claude Code's own count")}: ${formatInteger(rows.length - differing.length)} of ${formatInteger(rows.length)} sessions agree exactly`;
  const table = renderTable(
    {
      columns: COLUMNS,
      rows: differing.slice(0, MOST).map(cellsOf),
      total: ["All", "", all("clientNano"), all("transcriptNano"), all("unattributedNano"), ""],
    },
    surface,
  );
  const more = differing.length - MOST;
  const rest =
    more > 0 ? style("dim", `${formatInteger(more)} more differ by less: --json has them all.\n`) : "";
  return `${title}\n\n${table}${rest}`;
}

function cellsOf(row: Reconciliation): string[] {
  return [
    row.session.slice(0, 8),
    plainLine(row.project),
    formatUsd(row.clientNano),
    formatUsd(row.transcriptNano),
    formatUsd(row.unattributedNano),
    formatCauses(row.causes),
  ];
}

const WORDS: Record<keyof Causes, readonly [string, string]> = {
  compactions: ["compaction", "compactions"],
  refusals: ["refused answer", "refused answers"],
  cut: ["cut request", "cut requests"],
  unpriced: ["without a price", "without a price"],
};

function formatCauses(causes: Causes): string {
  return (Object.keys(WORDS) as (keyof Causes)[])
    .filter((cause) => causes[cause] > 0)
    .map((cause) => plural(causes[cause], ...WORDS[cause]))
    .join(", ");
}

/** The `reconciliation` of the JSON answer (docs/json.md). */
export function reconciliationJson(rows: readonly Reconciliation[]): object[] {
  return rows.map(({ session, project, clientNano, transcriptNano, unattributedNano, causes }) => ({
    session,
    project,
    clientUsd: toUsd(clientNano),
    transcriptUsd: toUsd(transcriptNano),
    unattributedUsd: toUsd(unattributedNano),
    causes,
  }));
}

export function renderReconciliationCsv(rows: readonly Reconciliation[]): string {
  return renderCsv(
    ["session", "project", "clientUsd", "transcriptUsd", "unattributedUsd", ...Object.keys(WORDS)],
    rows.map(({ session, project, clientNano, transcriptNano, unattributedNano, causes }) => [
      session,
      project,
      toUsd(clientNano),
      toUsd(transcriptNano),
      toUsd(unattributedNano),
      ...(Object.keys(WORDS) as (keyof Causes)[]).map((cause) => causes[cause]),
    ]),
  );
}
