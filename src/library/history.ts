import { type IngestProgress } from "../history/ingest.ts";
import { openHistory as open, type OpenedHistory } from "../history/open-history.ts";

/** Options of `openHistory`. */
export interface HistoryOptions {
  /** Claude Code's configuration folders; default: CLAUDE_CONFIG_DIR, else the usual places. */
  claudeDirs?: readonly string[];
  /** The store's file, or `:memory:` to keep nothing; default: ROLECALL_DB, else the usual place. */
  db?: string;
  /** Read the transcripts that the package ships, and keep nothing. */
  demo?: boolean;
  /** The price file, if it is not the usual one (docs/prices.md). */
  prices?: string;
  /** Folder to look for the policy from; default: the working directory. */
  cwd?: string;
  /** Default: `process.env`. */
  env?: NodeJS.ProcessEnv;
  /** Called for each file that is read. */
  onProgress?: (progress: IngestProgress) => void;
}

const opened = new WeakMap<History, OpenedHistory>();

/**
 * A history that was brought up to date: pass it to `spend`, `tasks`, `savings` and the others, and close it at the end.
 *
 * @example
 * ```ts
 * import { openHistory, spend } from "rolecall";
 *
 * using history = await openHistory({ demo: true }); // closed at the end of the block
 * console.log(spend(history).total.costUsd);
 * ```
 */
export class History {
  /** Use `openHistory`. */
  constructor(inner: unknown) {
    opened.set(this, inner as OpenedHistory);
  }

  /** Closes the store; the history cannot be used any more. */
  close(): void {
    innerOf(this).close();
    opened.delete(this);
  }

  [Symbol.dispose](): void {
    if (opened.has(this)) this.close();
  }
}

/** Returns what a history stands for. Throws TypeError when it is closed. */
export function innerOf(history: History): OpenedHistory {
  const inner = opened.get(history);
  if (!inner) throw new TypeError("the history is closed");
  return inner;
}

/**
 * Opens the store and reads what is new in the transcripts.
 *
 * Throws RolecallError when the store belongs to another program or to a newer version, and InvalidInputError for a price file or a
 * policy that is not valid.
 *
 * @example
 * ```ts
 * import { openHistory, spend } from "rolecall";
 *
 * const history = await openHistory({ demo: true }); // without options: your own transcripts
 * console.log(spend(history).total.costUsd);
 * history.close();
 * ```
 */
export async function openHistory(options: HistoryOptions = {}): Promise<History> {
  const { cwd = process.cwd(), env = process.env, claudeDirs, db, demo, prices, onProgress } = options;
  const inner = await open(
    {
      needs: "tasks",
      ...(claudeDirs && { claudeDirs }),
      ...(db !== undefined && { db }),
      ...(demo && { demo }),
      ...(prices !== undefined && { prices }),
      ...(onProgress && { onProgress }),
    },
    env,
    cwd,
  );
  return new History(inner);
}
