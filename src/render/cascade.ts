import type { LeftOut, LeftOutReason } from "../cascade/left-out.ts";
import type { CascadeEvent, CascadeOutcome, CascadeStep } from "../cascade/cascade.ts";
import type { CascadeAttempt } from "../cascade/attempt.ts";
import type { CascadeStop } from "../cascade/decide.ts";
import { sum } from "../domain/numbers.ts";
import type { Cascade } from "../operations/cascade.ts";
import { usdOrNull } from "./cost.ts";
import { formatDuration, formatUsd } from "./numbers.ts";
import type { Surface } from "./style.ts";
import { renderTable } from "./table.ts";
import { plainLine, plainText } from "./text.ts";

const CAUSES = {
  first: "",
  retry: " again",
  fallback: " (the model before was not available)",
  escalation: " (one step up)",
} as const;

/** Renders one line of progress, or nothing if an event needs none. */
export function renderCascadeEvent(event: CascadeEvent): string {
  switch (event.type) {
    case "start":
      return event.kind === "git" ? "" : "No git repository here: each attempt gets a copy of this folder.\n";
    case "attempt":
      return `${event.number}  ${formatStep(event.step)}${CAUSES[event.cause]} …\n`;
    case "check":
      return "   done, checking …\n";
    case "note":
      return `Note: ${plainLine(event.text)}\n`;
    default:
      return `   ${outcomeOf(event.attempt)}\n`;
  }
}

/** Renders the attempts, and the winner's changes or why there is no winner. */
export function renderCascade({ attempts, costUsd, outcome, diff }: Cascade, surface: Surface): string {
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
        outcomeOf(attempt),
        formatDuration(attempt.latencyMs),
        attempt.costNano === undefined ? "unpriced" : formatUsd(attempt.costNano),
      ]),
      total: [
        "",
        "",
        "",
        formatDuration(sum(attempts.map(({ latencyMs }) => latencyMs))),
        formatUsd(costUsd * 1e9),
      ],
    },
    surface,
  );
  if (outcome.kind === "won") return `${table}\n${renderWinner(outcome, diff, surface)}`;
  const why = outcome.stop === "failed" ? `${STOPS.failed}: ${plainLine(outcome.why)}` : STOPS[outcome.stop];
  const output = plainText(outcome.lastOutput.trim()).split("\n").slice(-LAST_LINES).join("\n");
  const printed = output === "" ? "" : `\nLast output of the check:\n${style("dim", indent(output))}\n`;
  return `${table}\n${why}. Your files are as they were.\n${printed}`;
}

function renderWinner(
  { changes, leftOut }: Extract<CascadeOutcome, { kind: "won" }>,
  diff: string,
  surface: Surface,
): string {
  const shown = changes.length > 0 ? renderDiff(diff, surface) : "";
  if (leftOut.length > 0) return `${shown}${shown === "" ? "" : "\n"}${renderLeftOut(leftOut)}`;
  return shown === "" ? "The check passes, and nothing was changed.\n" : shown;
}

const REASONS = {
  ignored: "git ignores it",
  repository: "it is a repository of its own",
  installed: "programs install it",
  name: "its name is not UTF-8",
} as const satisfies Record<LeftOutReason, string>;

const LISTED = 10;

function renderLeftOut(leftOut: readonly LeftOut[]): string {
  const lines = leftOut.slice(0, LISTED).map(({ path, why, files }) => {
    const count = files === 1 ? "" : `${files} files; `;
    return `  ${plainLine(path)} (${count}${REASONS[why]})`;
  });
  const more = leftOut.length > LISTED ? [`  and ${leftOut.length - LISTED} more`] : [];
  return `The attempt also changed files that are not carried over; the check may need them:\n${[...lines, ...more].join("\n")}\n`;
}

const STOPS = {
  exhausted: "No step passed the check; a person has to take over",
  budget: "The budget is spent",
  failed: "A higher step would fail in the same way",
  aborted: "Stopped",
} as const satisfies Record<CascadeStop, string>;

const LAST_LINES = 15;

/** Renders a cascade for programs. */
export function cascadeJson(
  { run, root, attempts, costUsd, outcome, patch }: Cascade,
  applied: boolean,
): object {
  const won = outcome.kind === "won";
  return {
    run,
    root,
    passed: won,
    model: won ? (outcome.attempt.servedModel ?? outcome.attempt.model) : null,
    attempts: attempts.map(attemptJson),
    costUsd,
    files: won ? outcome.changes.map(({ path }) => path) : [],
    leftOut: won ? outcome.leftOut : [],
    diff: patch,
    applied,
    patchFile: won ? (outcome.winner?.patchFile ?? null) : null,
    stopped: won ? null : { reason: outcome.stop, why: outcome.why, output: outcome.lastOutput },
  };
}

function attemptJson(attempt: CascadeAttempt): object {
  const { model, servedModel, effort, cause, result, reason, detail, session, latencyMs, costNano, usage } =
    attempt;
  const { webSearches, ...tokens } = usage;
  return {
    model,
    servedModel: servedModel ?? null,
    effort: effort ?? null,
    cause,
    result,
    reason: reason ?? null,
    detail: detail ?? null,
    session,
    durationMs: latencyMs,
    tokens,
    webSearches,
    costUsd: usdOrNull(costNano),
  };
}

function outcomeOf({ result, reason, detail }: CascadeAttempt): string {
  if (result === "accepted") return "the check passes";
  return plainLine([reason ?? result, detail].filter(Boolean).join(": "));
}

function formatStep({ model, effort }: CascadeStep): string {
  return effort === undefined ? model : `${model} at effort ${effort}`;
}

function renderDiff(diff: string, { style }: Surface): string {
  return plainText(diff)
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
