import type { Bill } from "../domain/bill.ts";
import type { JudgedTask } from "../domain/judged-task.ts";
import type { Period } from "../domain/period.ts";
import type { Evidence } from "../domain/task.ts";
import { createRowInserter } from "./insert-rows.ts";
import type { Tables } from "./open.ts";
import { putUsage, toUsage, USAGE_COLUMNS } from "./usage-columns.ts";

/** The form of a field in its column. */
interface TaskColumn {
  name: string;
  field: keyof JudgedTask;
  as?: "json" | "flag";
}

const column = (name: string, field: keyof JudgedTask, as?: TaskColumn["as"]): TaskColumn => ({
  name,
  field,
  ...(as && { as }),
});

const COLUMNS: readonly TaskColumn[] = [
  column("session", "session"),
  column("kind", "kind"),
  column("key", "key"),
  column("file", "file"),
  column("line", "line"),
  column('"index"', "index"),
  column("agent_id", "agentId"),
  column("agent", "agent"),
  column("parent", "parent"),
  column("asked_model", "askedModel"),
  column("resolved_model", "resolvedModel"),
  column("started_at", "startedAt"),
  column("duration_ms", "durationMs"),
  column("models", "models", "json"),
  column("start_tier", "startTier"),
  column("final_tier", "finalTier"),
  column("effort", "effort"),
  column("requests", "requests"),
  column("cost", "costNano"),
  column("full_cost", "fullCostNano"),
  column("context_tokens", "contextTokens"),
  column("prompt_words", "promptWords"),
  column("files_touched", "filesTouched"),
  column("verification", "verification"),
  column("retries", "retries"),
  column("retry_delay_ms", "retryDelayMs"),
  column("substituted", "substituted"),
  column("longest_edit", "longestEdit"),
  column("lines_written", "linesWritten"),
  column("plan_mode", "planMode", "flag"),
  column("availability_fallback", "availabilityFallback", "flag"),
  column("loops", "loops"),
  column("goal", "goal"),
  column("outcome", "outcome"),
  column("strength", "strength"),
  column("categories", "categories", "json"),
  column("plan", "plan"),
  column("carries_out", "carriesOut", "json"),
  column("carried_out_in", "carriedOutIn"),
  column("reported_tokens", "reportedTokens"),
];

const TOKEN_COLUMNS = ["input", "output", "thinking", "cache_write_5m", "cache_write_1h", "cache_read"];
const NAMES = [...COLUMNS.map(({ name }) => name), ...TOKEN_COLUMNS];

/** Writes tasks with their evidence and bills. */
export interface TaskWriter {
  write(task: JudgedTask): void;
  /** Writes what was gathered; call it at the end. */
  readonly flush: () => void;
}

/** Makes a writer of tasks. Must run inside a transaction, in which nothing else writes tasks. */
export function createTaskWriter({ db }: Tables): TaskWriter {
  const rows = createRowInserter(db, "task", ["id", ...NAMES].join(", "));
  const evidence = createRowInserter(db, "task_evidence", "task, number, file, line, why, weak");
  const bills = createRowInserter(db, "task_bill", BILL_COLUMNS);
  let id = db.prepare<[], number>("SELECT coalesce(max(id), 0) FROM task").pluck().get() ?? 0;
  return {
    write(task) {
      putTask(rows.values, rows.next(), ++id, task);
      task.evidence.forEach(({ file, line, why, weak }, number) =>
        evidence.add(id, number, file, line, why, weak ? 1 : 0),
      );
      task.bills.forEach((one, number) => putBill(bills.values, bills.next(), id, number, one));
    },
    flush() {
      for (const each of [rows, evidence, bills]) each.flush();
    },
  };
}

type Values = (number | string | null)[];

function putTask(values: Values, start: number, id: number, task: JudgedTask): void {
  let at = start;
  values[at++] = id;
  for (const { field, as } of COLUMNS) values[at++] = toValue(task[field], as);
  const { input, output, thinking, cacheWrite5m, cacheWrite1h, cacheRead } = task.tokens;
  values[at++] = input;
  values[at++] = output;
  values[at++] = thinking;
  values[at++] = cacheWrite5m;
  values[at++] = cacheWrite1h;
  values[at] = cacheRead;
}

function toValue(value: unknown, as: TaskColumn["as"]): string | number | null {
  if (as === "json") return value === undefined ? null : JSON.stringify(value);
  if (as === "flag") return value ? 1 : 0;
  return (value as string | number | undefined) ?? null;
}

const BILL_COLUMNS = `task, number, model, day, prompt_above, fast, us_only, batch, effort, requests, ${USAGE_COLUMNS}, cost`;

function putBill(values: Values, start: number, task: number, number: number, bill: Bill): void {
  values[start] = task;
  values[start + 1] = number;
  values[start + 2] = bill.model;
  values[start + 3] = bill.day;
  values[start + 4] = bill.promptAbove;
  values[start + 5] = bill.fast ? 1 : 0;
  values[start + 6] = bill.usOnly ? 1 : 0;
  values[start + 7] = bill.batch ? 1 : 0;
  values[start + 8] = bill.effort ?? null;
  values[start + 9] = bill.requests;
  putUsage(values, start + 10, bill.usage);
  values[start + 17] = bill.costNano ?? null;
}

/** Deletes the tasks of a session. */
export function createTaskRemover({ db }: Tables): (session: string) => void {
  const statements = [
    "DELETE FROM task_evidence WHERE task IN (SELECT id FROM task WHERE session = ?)",
    "DELETE FROM task_bill WHERE task IN (SELECT id FROM task WHERE session = ?)",
    "DELETE FROM task WHERE session = ?",
  ].map((sql) => db.prepare(sql));
  return (session) => {
    for (const statement of statements) statement.run(session);
  };
}

/** A task as it is kept: what depends on the policy or on the session is added by the reader. */
export type KeptTask = Omit<JudgedTask, "project" | "role">;

/** Returns the tasks of the sessions that a condition on `session_judgement` picks, in order of time. */
export function readTasks({ db }: Tables, sessions: string, values: readonly unknown[]): KeptTask[] {
  const picked = `FROM task JOIN session_judgement USING (session) WHERE ${sessions}`;
  const evidence = groupRows<EvidenceRow>(
    db.prepare(
      `SELECT task, task_evidence.file, task_evidence.line, why, weak FROM task_evidence WHERE task IN (SELECT id ${picked}) ORDER BY task, number`,
    ),
    values,
  );
  const bills = groupRows<BillRow>(
    db.prepare(
      `SELECT task, model, day, prompt_above, fast, us_only, batch, effort, requests, cost, ${USAGE_COLUMNS}
      FROM task_bill WHERE task IN (SELECT id ${picked}) ORDER BY task, number`,
    ),
    values,
  );
  const rows = db
    .prepare(`SELECT id, ${NAMES.map((name) => `task.${name}`).join(", ")} ${picked} ORDER BY started_at, id`)
    .raw()
    .all(...values) as [number, ...unknown[]][];
  return rows.map(([id, ...row]) =>
    toTask(row, evidence.get(id)?.map(toEvidence) ?? [], bills.get(id)?.map(toBill) ?? []),
  );
}

type EvidenceRow = [task: number, file: string, line: number, why: string, weak: number];
type BillRow = [
  task: number, model: string, day: string, promptAbove: number, fast: number, usOnly: number, batch: number,
  effort: string | null, requests: number, cost: number | null, ...usage: number[],
]; // prettier-ignore

function groupRows<Row extends [number, ...unknown[]]>(
  statement: ReturnType<Tables["db"]["prepare"]>,
  values: readonly unknown[],
): Map<number, Row[]> {
  return Map.groupBy(statement.raw().all(...values) as Row[], ([task]) => task);
}

function toEvidence([, file, line, why, weak]: EvidenceRow): Evidence {
  return { file, line, why, ...(weak === 1 && { weak: true as const }) };
}

function toBill([
  ,
  model,
  day,
  promptAbove,
  fast,
  usOnly,
  batch,
  effort,
  requests,
  cost,
  ...usage
]: BillRow): Bill {
  return {
    model,
    day,
    promptAbove,
    requests,
    usage: toUsage(usage),
    ...(fast && { fast: true as const }),
    ...(usOnly && { usOnly: true as const }),
    ...(batch && { batch: true as const }),
    ...(effort !== null && { effort }),
    ...(cost !== null && { costNano: cost }),
  };
}

function toTask(row: readonly unknown[], evidence: Evidence[], bills: Bill[]): KeptTask {
  const task: Record<string, unknown> = {};
  COLUMNS.forEach(({ field, as }, index) => {
    const value = row[index];
    if (value !== null)
      task[field] = as === "json" ? JSON.parse(value as string) : as === "flag" ? value === 1 : value;
  });
  const [input, output, thinking, cacheWrite5m, cacheWrite1h, cacheRead] = row.slice(COLUMNS.length);
  const tokens = { input, output, thinking, cacheWrite5m, cacheWrite1h, cacheRead };
  return { ...task, tokens, evidence, bills } as unknown as KeptTask;
}

/** Returns the agent types of the tasks that began in a period. */
export function listTaskAgents({ db }: Tables, period: Period): string[] {
  const { since = null, until = null } = period;
  return db
    .prepare<[object], string>(
      `SELECT DISTINCT agent FROM task
      WHERE (@since IS NULL OR started_at >= @since) AND (@until IS NULL OR started_at < @until)`,
    )
    .pluck()
    .all({ since, until });
}
