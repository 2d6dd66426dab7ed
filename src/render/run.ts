import type { Attempt, AttemptResult } from "../domain/attempt.ts";
import { displayName } from "../domain/model-name.ts";
import { fromUsd } from "../domain/money.ts";
import type { GaveUpError, RunEvent, RunResult } from "../executor/run.ts";
import type { RunOutcome } from "../operations/run.ts";
import { usdOrNull } from "./cost.ts";
import { formatDuration, formatUsd, plural } from "./numbers.ts";
import type { Surface } from "./style.ts";
import { shorten } from "./table.ts";
import { plainLine, plainText } from "./text.ts";

/** Returns what a run did just now, in a line for stderr; undefined if it is not worth a line. */
export function renderRunEvent(event: RunEvent, endpoint: string, { style }: Surface): string | undefined {
  if (event.type === "attempt") {
    const wait = event.delayMs > 0 ? ` after ${formatDuration(event.delayMs)}` : "";
    const what = event.index === 0 ? `sending to ${plainLine(endpoint)}` : event.cause;
    return style("dim", `${what}: ${displayName(event.model)}${wait}`);
  }
  if (event.type === "settled" && event.attempt.result !== "accepted") {
    const { model, result, failure, status, reason } = event.attempt;
    const why = [failure, status].filter(Boolean).join(" ");
    const said = [why, reason && shorten(plainLine(reason), REASON_WIDTH)].filter(Boolean).join(": ");
    return style("yellow", `${displayName(model)} ${RESULTS[result]}${said ? ` (${said})` : ""}`);
  }
  return event.type === "budget"
    ? style("yellow", `soft budget per ${event.scope}: $${event.spentUsd} of $${event.softUsd} spent`)
    : undefined;
}

const REASON_WIDTH = 120;

const RESULTS: Readonly<Record<AttemptResult, string>> = {
  accepted: "answered",
  handedOver: "reasoned",
  rejected: "was not good enough",
  refused: "declined",
  truncated: "reached its token limit",
  overflow: "ran out of context",
  failed: "failed",
  aborted: "was stopped",
};

/** Returns what an answer took: `Sonnet 5.5 · 2 attempts · 3s · $0.0042`. */
export function renderRunFooter(result: RunResult, { style }: Surface): string {
  const { model, attempts, latencyMs, costUsd, notes } = result;
  const count = plural(attempts.length, "attempt");
  const facts = [displayName(model), count, formatDuration(latencyMs), formatUsd(fromUsd(costUsd))];
  return [style("dim", facts.join(" · ")), ...notes.map((note) => style("dim", plainLine(note)))].join("\n");
}

/** Returns why a run has no answer, and what to do, for stderr. */
export function renderGaveUp({ message, hint }: GaveUpError): string {
  return [plainText(message), ...(hint === undefined ? [] : [`  ${hint}`])].join("\n");
}

/** Returns the fields of `rolecall run --json`: the attempts are among them whether or not there is an answer. */
export function runJson(outcome: RunOutcome): object {
  const common = { answered: outcome.answered };
  if (outcome.answered) {
    const { message: _message, attempts, ...rest } = outcome.result;
    return { ...common, ...rest, attempts: attempts.map(attemptJson) };
  }
  const { reason, message, runId, attempts, fallbackChain, costUsd, lastText = null } = outcome.gaveUp;
  return {
    ...common,
    reason,
    message,
    runId,
    fallbackChain,
    costUsd,
    lastText,
    attempts: attempts.map(attemptJson),
  };
}

/** Returns an attempt with its cost in dollars. */
export function attemptJson({ costNano, ...attempt }: Attempt): object {
  return { ...attempt, costUsd: usdOrNull(costNano) };
}
