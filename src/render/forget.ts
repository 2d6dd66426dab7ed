import type { Forgettable } from "../operations/forget.ts";
import { renderSessions } from "./sessions.ts";
import type { Surface } from "./style.ts";

const SCREEN = 20;

/** Returns what `rolecall forget` is about to delete. */
export function renderForgettable(
  { list, selection }: Forgettable,
  timezone: string,
  surface: Surface,
): string {
  const { style } = surface;
  if (list.found === 0 && selection !== "all") return "No session matches: nothing to forget.\n";
  const shown = { ...list, sessions: list.sessions.slice(0, SCREEN) };
  const rest = selection === "all" ? ["And all else that is kept: attempts, decisions, outcomes."] : [];
  const note = "Transcripts on disk stay; what these sessions did so far is not read from them again.";
  return (
    renderSessions(shown, timezone, surface, "--json lists them") +
    [...rest, note].map((line) => `${style("dim", line)}\n`).join("")
  );
}
