import { createRowInserter, type RowInserter } from "./insert-rows.ts";
import type { Tables } from "./open.ts";
import type { LocatedFile } from "./transcripts.ts";

/** The id of a file's transcript, whether it was there before, and with which working directory. */
export interface TranscriptIdentity {
  id: number;
  isKnown: boolean;
  cwd: string;
}

/** The facts about a transcript that its entries state. */
export interface TranscriptFacts {
  /** The session that it is of, if its place names none or another one. */
  session: string | undefined;
  cwd: string;
  /** In ms since the epoch; NaN without an entry that has a time. */
  firstAt: number;
  lastAt: number;
}

/** Writes transcripts: those that are new are gathered, and inserted by `flush`. */
export class TranscriptRows {
  private readonly rows: RowInserter;
  private nextId: number;
  /** Whether all transcripts are new. */
  private isFilling: boolean;
  private readonly find;
  private readonly present;
  private readonly state;

  constructor({ db }: Tables) {
    this.find = db.prepare<[string], Omit<TranscriptIdentity, "isKnown">>(FIND);
    this.present = db.prepare(PRESENT);
    this.state = db.prepare(STATE);
    this.rows = createRowInserter(db, "transcript", COLUMNS);
    const lastId = db.prepare<[], number | null>("SELECT max(id) FROM transcript").pluck().get() ?? 0;
    this.nextId = lastId + 1;
    this.isFilling = lastId === 0;
  }

  /** Returns the identity of a file, a new one if it was never read. */
  identify({ path }: LocatedFile): TranscriptIdentity {
    const known = this.isFilling ? undefined : this.find.get(path);
    return known ? { ...known, isKnown: true } : { id: this.nextId++, isKnown: false, cwd: "" };
  }

  /** Writes a transcript; what is known of its entries stays where no facts are given. */
  write({ id, isKnown }: TranscriptIdentity, file: LocatedFile, facts?: TranscriptFacts): void {
    const { path, account, slug, agentId } = file;
    if (isKnown) this.present.run(account, id);
    const { session, cwd, firstAt, lastAt } = facts ?? NO_FACTS;
    const [first, last] = [orNull(firstAt), orNull(lastAt)];
    if (!isKnown) this.rows.add(id, path, account, slug, session ?? file.session, agentId, cwd, first, last);
    else if (facts) this.state.run(session ?? null, cwd, first, last, id);
  }

  /** Inserts what was gathered; call it at the end, and before a file is identified again. */
  flush(): void {
    this.rows.flush();
    this.isFilling = false;
  }
}

const NO_FACTS: TranscriptFacts = { session: undefined, cwd: "", firstAt: Number.NaN, lastAt: Number.NaN };
const COLUMNS = "id, path, account, slug, session, agent_id, cwd, first_at, last_at";
const FIND = "SELECT id, cwd FROM transcript WHERE path = ?";
const PRESENT = "UPDATE transcript SET account = ?, gone = 0 WHERE id = ?";
const STATE = `UPDATE transcript SET session = coalesce(?, session), cwd = ?, first_at = ?, last_at = coalesce(?, last_at)
  WHERE id = ?`;

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
