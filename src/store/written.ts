import type { Tables } from "./open.ts";
import { idsOf } from "./requests.ts";
import { countsIn } from "./spend-sums.ts";

/** The length of answers whose recorded output is only a first count, and of finished ones beside them. */
export const WRITTEN_SCHEMA = `
CREATE TABLE written (
  request INTEGER PRIMARY KEY,
  -- Of its text, its thinking and the inputs of its tools as JSON.
  bytes INTEGER NOT NULL
) STRICT;
`;

/** Makes a function that adds to how many bytes the answers of a transcript wrote, by message id; its requests are there already. */
export function createWrittenWriter({
  db,
}: Tables): (transcript: number, written: readonly [id: string, bytes: number][]) => void {
  const idsOfKeys = db
    .prepare<[number, number], [string, number]>("SELECT key, id FROM request WHERE id >= ? AND id < ?")
    .raw();
  const insert = db.prepare(
    "INSERT INTO written VALUES (?, ?) ON CONFLICT DO UPDATE SET bytes = bytes + excluded.bytes",
  );
  return (transcript, written) => {
    const { from, to } = idsOf(transcript);
    const ids = new Map(idsOfKeys.all(from, to));
    for (const [key, bytes] of written) {
      const id = ids.get(key);
      if (id !== undefined) insert.run(id, bytes);
    }
  };
}

/** An answer of which it is known how much it wrote. */
export interface WrittenAnswer {
  /** ms since the epoch. */
  at: number;
  model: string;
  session: string;
  agent: string;
  project: string;
  account: string;
  branch: string;
  version: string;
  stop: string;
  flags: number;
  output: number;
  /** Tokens of its prompt. */
  prompt: number;
  bytes: number;
}

/** Tells whether the store holds answers whose recorded output is only a first count. */
export function hasWritten({ db }: Tables): boolean {
  return db.prepare("SELECT 1 FROM written LIMIT 1").get() !== undefined;
}

/** Returns the measured answers of some accounts, each once. */
export function readWritten({ db }: Tables, accounts: readonly string[]): WrittenAnswer[] {
  return db
    .prepare<[{ account: string }], WrittenAnswer>(
      `SELECT request.at, model, context.session, agent, project, account, branch, version, stop, flags, request.output,
        request.input + request.cache_read + request.cache_write_5m + request.cache_write_1h AS prompt, bytes
      FROM written JOIN counted_request AS request ON request.id = written.request
      JOIN context ON context.id = request.context JOIN transcript ON transcript.id = context.transcript
      WHERE account IN (SELECT value FROM json_each(@account)) AND ${countsIn("elsewhere", true)}`,
    )
    .all({ account: JSON.stringify(accounts) });
}
