import { UsageError } from "../../errors.ts";
import { needsLedger, needsTasks, readSql } from "../../operations/sql.ts";
import { renderSql, renderSqlCsv, sqlJson } from "../../render/sql.ts";
import { defineCommand } from "../command.ts";
import { OUTPUT_OPTIONS, periodFrom, SOURCE_OPTIONS } from "../options.ts";
import { runReport } from "../report.ts";

export default defineCommand({
  options: { ...SOURCE_OPTIONS, ...OUTPUT_OPTIONS },
  examples: [
    [`rolecall sql "SELECT model, sum(cost_usd) FROM requests GROUP BY 1"`, "Show spend by model"],
    [`rolecall sql "SELECT outcome, count(*) FROM tasks GROUP BY 1" --csv`, "Count tasks by outcome"],
  ],
  run: (args, io) => {
    const query = typeof args["query"] === "string" ? args["query"] : "";
    if (query.trim() === "")
      throw new UsageError("sql: no query", { hint: 'Try rolecall sql "SELECT * FROM sessions LIMIT 5".' });
    return runReport(
      "sql",
      args,
      io,
      (history) => {
        const result = readSql(history, query);
        return {
          period: periodFrom({ all: true }, io),
          json: () => sqlJson(result),
          csv: () => renderSqlCsv(result),
          table: (surface) => renderSql(result, surface),
        };
      },
      {
        needs: needsTasks(query) ? "tasks" : "agents",
        contentFrom: () => (needsLedger(query) ? 0 : Infinity),
      },
    );
  },
});
