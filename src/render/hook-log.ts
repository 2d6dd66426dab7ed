import type { LogEntry } from "../hooks/log.ts";
import type { Surface } from "./style.ts";
import { renderTable } from "./table.ts";
import { plainLine } from "./text.ts";

/** Draws the decisions of hooks, the oldest first. */
export function renderHookLog(entries: readonly LogEntry[], surface: Surface): string {
  if (entries.length === 0) return "No decisions yet. rolecall init --hooks installs the hooks.\n";
  const columns = [
    { title: "Time (UTC)" },
    { title: "Session", drop: 2 },
    { title: "Event", drop: 1 },
    { title: "Agent" },
    { title: "Decision" },
    { title: "Reason", shrink: true },
  ];
  const rows = entries.map(({ at, session, event, agent = "main", decision, why }) =>
    [timeOf(at), session.slice(0, 8), event, agent, decision, why].map(plainLine),
  );
  return renderTable({ columns, rows }, surface);
}

/** Returns the decisions as fields of a JSON answer. */
export function hookLogJson(entries: readonly LogEntry[]): object[] {
  return entries.map(({ at, session, event, agent = null, decision, why }) => ({
    time: new Date(at).toISOString(),
    session,
    event,
    agent,
    decision,
    why,
  }));
}

function timeOf(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace("T", " ");
}
