import type { Attempt } from "../domain/attempt.ts";
import { toUsd } from "../domain/money.ts";
import type { Cascade } from "../operations/cascade.ts";
import type { CascadeEvent } from "../cascade/cascade.ts";
import type { CascadeStop } from "../cascade/decide.ts";
import { formatDuration, formatUsd } from "./figures.ts";
import type { Surface } from "./style.ts";
import { renderTable } from "./table.ts";
import { plainLine, plainText } from "./text.ts";

const CAUSES = {
  first: "",
  retry: " again",
  fallback: " (the model before was not available)",
  escalation: " (one rung up)",
} as const;

/** One line of progress, or nothing where an event needs none. */
export function renderCascadeEvent(event: CascadeEvent): string {
  switch (event.type) {
    case "start":
      return event.kind === "git" ? "" : "No git repository here: each attempt gets a copy of this folder.\n";
    case "attempt":
      return `${event.number}  ${formatRung(event.rung)}${CAUSES[event.cause]} …\n`;
    case "check":
      return "   done, checking …\n";
    default:
      return `   ${wordsOf(event.attempt)}\n`;
  }
}

/** What the attempts came to, and the winner's changes or why there is no winner. */
export function renderCascade({ attempts, costUsd, outcome, patch }: Cascade, surface: Surface): string {
  const { style } = surface;
  const table = renderTable(
    {
      columns: [
        { title: "Attempt", align: "right" },
        { title: "Model", shrink: true },
        { title: "Outcome", shrink: true },
        { title: "Time", align: "right", drop: 1 },
        { title: "Cost", align: "right" },
      ],
      rows: attempts.map((attempt) => [
        String(attempt.index + 1),
        [attempt.servedModel ?? attempt.model, attempt.effort].filter(Boolean).join(" · "),
        wordsOf(attempt),
        formatDuration(attempt.latencyMs),
        attempt.costNano === undefined ? "unpriced" : formatUsd(attempt.costNano),
      ]),
      total: ["", "", "", formatDuration(sumMs(attempts)), formatUsd(costUsd * 1e9)],
    },
    surface,
  );
  if (outcome.kind === "won")
    return `${table}\n${patch === "" ? "The check passes, and nothing was changed.\n" : renderPatch(patch, surface)}`;
  const why = outcome.stop === "failed" ? `${STOPS.failed}: ${plainLine(outcome.why)}` : STOPS[outcome.stop];
  const output = plainText(outcome.lastOutput.trim()).split("\n").slice(-LAST_LINES).join("\n");
  const printed = output === "" ? "" : `\nThe check's last words:\n${style("dim", indent(output))}\n`;
  return `${table}\n${why}. Your files are as they were.\n${printed}`;
}

const STOPS = {
  exhausted: "No rung passed the check, a person is to take over",
  budget: "The budget is spent",
  failed: "A higher rung would fail in the same way",
  aborted: "Stopped",
} as const satisfies Record<CascadeStop, string>;

const LAST_LINES = 15;

/** A cascade for programs. */
export function cascadeJson(cascade: Cascade, applied: boolean, patchFile: string | undefined): object {
  const { run, root, attempts, costUsd, outcome, patch } = cascade;
  const won = outcome.kind === "won";
  return {
    run,
    root,
    passed: won,
    model: won ? (outcome.attempt.servedModel ?? outcome.attempt.model) : null,
    attempts: attempts.map(attemptJson),
    costUsd,
    files: won ? outcome.changes.map(({ path }) => path) : [],
    diff: patch,
    applied,
    patchFile: patchFile ?? null,
    stopped: won ? null : { reason: outcome.stop, why: outcome.why, output: outcome.lastOutput },
  };
}

function attemptJson(attempt: Attempt): object {
  const { model, servedModel, effort, cause, result, reason, session, latencyMs, costNano, usage } = attempt;
  const { webSearches, ...tokens } = usage;
  return {
    model,
    servedModel: servedModel ?? null,
    effort: effort ?? null,
    cause,
    result,
    reason: reason ?? null,
    session,
    durationMs: latencyMs,
    tokens,
    webSearches,
    costUsd: costNano === undefined ? null : toUsd(costNano),
  };
}

function wordsOf({ result, reason }: Attempt): string {
  return result === "accepted" ? "the check passes" : plainLine(reason ?? result);
}

function formatRung({ model, effort }: { model: string; effort?: string }): string {
  return effort === undefined ? model : `${model} at effort ${effort}`;
}

function renderPatch(patch: string, { style }: Surface): string {
  return plainText(patch)
    .split("\n")
    .map((line) => {
      if (/^(diff|---|\+\+\+|new file|deleted file|old mode|new mode) /.test(line))
        return style("bold", line);
      if (line.startsWith("@@")) return style("cyan", line);
      if (line.startsWith("+")) return style("green", line);
      return line.startsWith("-") ? style("red", line) : line;
    })
    .join("\n");
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}

function sumMs(attempts: readonly Attempt[]): number {
  return attempts.reduce((sum, { latencyMs }) => sum + latencyMs, 0);
}
