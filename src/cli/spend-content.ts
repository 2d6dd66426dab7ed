import type { OpenedHistory } from "../history/open-history.ts";
import type { RowOrder } from "../operations/order.ts";
import { readContentSpend } from "../operations/spend-content.ts";
import type { ContentKey } from "../operations/spend-keys.ts";
import { contentSpendJson, renderContentSpend, renderContentSpendCsv } from "../render/spend-content.ts";
import type { Io } from "./io.ts";
import { filtersFrom, periodFrom } from "./options.ts";
import type { Report } from "./report.ts";

/** Makes the report of `rolecall spend` by content. */
export function reportContent(
  history: OpenedHistory,
  key: ContentKey,
  args: Parameters<typeof periodFrom>[0] & Parameters<typeof filtersFrom>[0] & RowOrder,
  io: Io,
): Report {
  const period = periodFrom(args, io);
  const filters = filtersFrom(args);
  const spend = readContentSpend(history, key, { ...filters, period, now: io.now() }, args);
  return {
    period,
    filters,
    json: () => contentSpendJson(spend),
    csv: () => renderContentSpendCsv(spend),
    table: (surface) => renderContentSpend(spend, surface),
  };
}
