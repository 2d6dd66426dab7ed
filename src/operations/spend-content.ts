import type { AxisRow, CostCauses } from "../domain/cost-causes.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { orderRows, type RowOrder } from "./order.ts";
import type { ContentKey } from "./spend-keys.ts";
import { readWhy, type WhyReport, type WhyRequest } from "./why.ts";

/** Spend by the content that it was paid for. */
export interface ContentSpend {
  axis: ContentKey;
  causes: CostCauses;
  rows: readonly AxisRow[];
  /** Rows that a limit leaves out. */
  left: number;
  /** Transcripts that were gone before their content was read: no row has their cost. */
  without: WhyReport["without"];
}

const ORDERS = {
  cost: ({ nano }: AxisRow) => nano,
  calls: ({ calls = 0 }: AxisRow) => calls,
};

/** Reads the spend of a period by content. Throws UsageError for an order that its rows do not have. */
export function readContentSpend(
  history: OpenedHistory,
  axis: ContentKey,
  request: WhyRequest,
  order: RowOrder,
): ContentSpend {
  const { causes, without } = readWhy(history, { ...request, onlyCauses: true });
  const all = causes.axes[axis];
  const rows = orderRows(all, { ...ORDERS, [axis]: ({ key }: AxisRow) => key }, order);
  return { axis, causes, rows, left: all.length - rows.length, without };
}
