// The part of better-sqlite3 that the store uses. The package ships declarations that refer to these types instead of those of
// better-sqlite3, so programs that use the library need not install the latter.

/** A prepared statement that takes `Bind` and returns rows of `Row`. */
interface Statement<Bind extends unknown[], Row> {
  run(...values: Bind): { changes: number; lastInsertRowid: number | bigint };
  get(...values: Bind): Row | undefined;
  all(...values: Bind): Row[];
  iterate(...values: Bind): IterableIterator<Row>;
  /** Returns the first column of each row, alone. */
  pluck(): this;
  /** Returns rows as arrays. */
  raw(): this;
  columns(): readonly { name: string }[];
  /** Whether it returns rows. */
  readonly reader: boolean;
  /** Whether it changes nothing. */
  readonly readonly: boolean;
}

/** A function that runs as one transaction; `immediate` takes the write lock at once. */
export interface Transaction<Args extends unknown[], Result> {
  (...args: Args): Result;
  immediate(...args: Args): Result;
}

/** An open SQLite database. */
export interface Database {
  readonly inTransaction: boolean;
  /** Whether it has not been closed. */
  readonly open: boolean;
  /** Its file. */
  readonly name: string;
  /** Compiles SQL. Named values are one object: `Bind` is then `[{ name: string }]`. */
  prepare<Bind extends unknown[] = unknown[], Row = unknown>(sql: string): Statement<Bind, Row>;
  transaction<Args extends unknown[], Result>(work: (...args: Args) => Result): Transaction<Args, Result>;
  exec(sql: string): this;
  pragma(pragma: string, options?: { simple?: boolean }): unknown;
  /** Returns the bytes of its file. */
  serialize(): Buffer;
  close(): this;
}
