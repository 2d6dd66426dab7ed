import { toUsd } from "../domain/money.ts";
import type { ContentSpend } from "../operations/spend-content.ts";
import { renderCsv } from "./csv.ts";
import { formatInteger, formatUsd } from "./numbers.ts";
import { renderNoRequests } from "./no-requests.ts";
import type { Surface } from "./style.ts";
import { renderAxis } from "./why.ts";

/** The table of `rolecall spend --by tool`. */
export function renderContentSpend(
  { axis, causes, rows, left, without }: ContentSpend,
  surface: Surface,
): string {
  if (rows.length === 0 && without.transcripts === 0) return renderNoRequests(surface);
  const notes = [
    ...(left > 0 ? [`${formatInteger(left)} more: --limit ${rows.length + left}`] : []),
    ...(without.transcripts > 0
      ? [
          `Not included: ${formatUsd(without.nano)} of ${formatInteger(without.transcripts)} transcripts that are gone and whose content was never read.`,
        ]
      : []),
    "Each request is divided by what its prompt holds and its answer adds (docs/ledger.md).",
  ];
  const table = renderAxis(causes, axis, surface, rows);
  return table + notes.map((note) => `${surface.style("dim", note)}\n`).join("");
}

/** The rows as CSV. */
export function renderContentSpendCsv({ axis, rows }: ContentSpend): string {
  return renderCsv(
    [axis, "calls", "costUsd"],
    rows.map(({ key, calls = 0, nano }) => [key, calls, toUsd(nano)]),
  );
}

/** The fields of the JSON answer (docs/json.md). */
export function contentSpendJson({ axis, causes, rows, without }: ContentSpend): object {
  return {
    rows: rows.map(({ key, requests, calls = 0, nano, share }) => ({
      key: { [axis]: key },
      requests,
      calls,
      costUsd: toUsd(nano),
      share,
    })),
    total: { requests: causes.requests, costUsd: toUsd(causes.nano) },
    withoutLedger: { transcripts: without.transcripts, usd: toUsd(without.nano) },
  };
}
