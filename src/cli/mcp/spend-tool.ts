import type { Period } from "../../domain/period.ts";
import type { OpenedHistory } from "../../history/open-history.ts";
import { repositoryFinder } from "../../history/repositories.ts";
import { categoriesFinder } from "../../history/spend-categories.ts";
import { titleFinder } from "../../history/session-titles.ts";
import { readContentSpend } from "../../operations/spend-content.ts";
import {
  CONTENT_KEYS,
  type ContentKey,
  SPEND_KEYS,
  SPEND_RULES,
  type SpendKey,
} from "../../operations/spend-keys.ts";
import { readSpend, type SpendReport } from "../../operations/spend.ts";
import { toUsd } from "../../domain/money.ts";
import type { WhyRequest } from "../../operations/why.ts";
import { costUsd } from "../../render/cost.ts";
import { spendFields } from "../../render/spend.ts";
import { periodFrom } from "../options.ts";
import { tasksSince } from "../report.ts";
import { commonFields } from "./common-fields.ts";
import { reportCommand } from "./command-line.ts";
import { type McpArgs, type McpTool, PERIOD_PROPERTIES, shortId } from "./tool.ts";

export const spendTool: McpTool = {
  name: "spend",
  title: "Spend",
  description:
    "Exact spend of Claude Code in API-equivalent dollars and tokens, from this machine's transcripts, broken down by one field. The most expensive rows come first.",
  properties: {
    ...PERIOD_PROPERTIES,
    by: {
      type: "string",
      enum: [...SPEND_KEYS, ...CONTENT_KEYS],
      description: "What to break down by. Default: model.",
    },
  },
  async answer(args, { io, read, source }) {
    const period = periodFrom(args, io);
    const content = CONTENT_KEYS.find((key) => key === args.by);
    if (content !== undefined) {
      const fields = await read("agents", tasksSince(period, io), (history) => ({
        ...commonFields(history, period),
        ...contentFieldsOf(history, content, { period, project: args.project, now: io.now() }),
      }));
      return { fields, command: reportCommand(`spend --by ${content}`, args, source) };
    }
    const by = (args.by ?? "model") as SpendKey;
    // The category of a request is that of its task, which can have begun before the period.
    const fields = await read(SPEND_RULES[by].ofTasks ? "tasks" : "agents", 0, (history) => ({
      ...commonFields(history, period),
      ...spendFieldsOf(readOne(history, by, period, args), by),
    }));
    return { fields, command: reportCommand(`spend --by ${by}`, args, source) };
  },
};

function contentFieldsOf(history: OpenedHistory, by: ContentKey, request: WhyRequest) {
  const { causes, rows } = readContentSpend(history, by, request, {});
  return {
    total: { requests: causes.requests, costUsd: toUsd(causes.nano) },
    rows: rows.map(({ key, nano, share, calls = 0 }) => ({ [by]: key, costUsd: toUsd(nano), share, calls })),
    unpriced: causes.unpriced.map((model) => ({ model })),
  };
}

function spendFieldsOf({ rows, total, unpriced }: SpendReport, by: SpendKey) {
  return {
    total: spendFields(total),
    rows: rows
      .toSorted((a, b) => b.costNano - a.costNano)
      .map(({ key: { [by]: value = "" }, requests, usage, ...cost }) => ({
        [by]: by === "session" ? shortId(value) : value,
        costUsd: costUsd(cost),
        share: total.costNano === 0 ? 0 : cost.costNano / total.costNano,
        requests,
        outputTokens: usage.output,
      })),
    unpriced: unpriced.map(({ model, requests }) => ({ model, requests })),
  };
}

function readOne(history: OpenedHistory, by: SpendKey, period: Period, { project }: McpArgs): SpendReport {
  return readSpend(
    history,
    [by],
    period,
    { project },
    {
      ...(by === "title" && { titleOf: titleFinder(history.store) }),
      ...(SPEND_RULES[by].ofTasks && { categoriesOf: categoriesFinder(history, period) }),
      ...(by === "repository" && { repositoryOf: repositoryFinder() }),
    },
  );
}
