import type { BatchJob, BatchStore } from "../domain/batch.ts";
import type { OpenedStore } from "./open.ts";

export const BATCHES_SCHEMA = `
CREATE TABLE batches (
  name TEXT PRIMARY KEY,
  job TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** Opens the batch jobs of a store. */
export function openBatches({ db }: OpenedStore): BatchStore {
  const get = db.prepare<[string], string>("SELECT job FROM batches WHERE name = ?").pluck();
  const all = db.prepare<[], string>("SELECT job FROM batches ORDER BY name").pluck();
  const put = db.prepare<[string, string]>("INSERT OR REPLACE INTO batches (name, job) VALUES (?, ?)");
  return {
    load: (name) => {
      const job = get.get(name);
      return job === undefined ? undefined : (JSON.parse(job) as BatchJob);
    },
    list: () => all.all().map((job) => JSON.parse(job) as BatchJob),
    save: (job) => void put.run(job.name, JSON.stringify(job)),
  };
}
