/** A batch as it is remembered, so that a crash loses nothing that was paid for. */
export interface BatchJob {
  /** The caller's name for it: the same name is the same job. */
  name: string;
  model: string;
  taskType: string;
  /** When sending began, in ms since the epoch: known before it is known whether it arrived. */
  at: number;
  items: number;
  /** The backend's id; undefined while that is not known. */
  batchId?: string;
}

/** Where batch jobs are kept. */
export interface BatchStore {
  load(name: string): BatchJob | undefined;
  save(job: BatchJob): void;
  list(): BatchJob[];
}
