/** A batch as it is remembered, so that a crash loses nothing that was paid for. */
export interface BatchJob {
  /** The caller's name for it: the same name is the same job. */
  name: string;
  /** Exact id of the model. */
  model: string;
  /** The kind of work, for telemetry. */
  taskType: string;
  /** Time at which sending began, in ms since the epoch: known before it is known whether it arrived. */
  at: number;
  /** Number of items. */
  items: number;
  /** Hash of the items: differs for other work under the same name. */
  hash?: string;
  /** The backend's id; undefined while that is not known. */
  batchId?: string;
}

/** A record of batch jobs. */
export interface BatchStore {
  /** Returns the job of a name, or undefined. */
  load(name: string): BatchJob | undefined;
  /** Keeps a job, in place of an earlier one of its name. */
  save(job: BatchJob): void;
  /** Returns all jobs. */
  list(): BatchJob[];
}
