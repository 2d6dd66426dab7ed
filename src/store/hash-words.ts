import type Database from "better-sqlite3";
import { type FailedTests, hashFailed, hashSuite } from "../domain/check.ts";
import { ONE_WORD } from "../domain/event.ts";
import { isDocs, isPlanFile } from "../domain/docs-files.ts";
import { hashName, hashPath } from "../domain/hashed-words.ts";
import { notePurge } from "./purge.ts";

/** The events of format 3, which had words in them. */
interface WrittenEvent {
  kind: string;
  file?: string;
  argument?: string;
  checks?: readonly WrittenCheck[];
  restores?: readonly string[];
  reports?: readonly WrittenReport[];
  events?: readonly WrittenEvent[];
}

interface WrittenCheck {
  kind: string;
  ecosystem: string;
  suite: string;
  where: string;
  command: number;
  paths?: readonly string[];
  filters?: readonly string[];
}

interface WrittenReport {
  ran?: readonly WrittenCheck[];
  failing?: readonly string[] | FailedTests;
}

/**
 * Makes format 4 of format 3, which kept the paths of edited files and words of check commands. They become hashes; those
 * that are stay. The state that the next reading goes on from is dropped, so transcripts on disk are read again.
 */
export function hashWords(db: Database.Database): void {
  const update = db.prepare("UPDATE event_batch SET events = ? WHERE transcript = ? AND batch = ?");
  const batches = db.prepare<[], [number, number]>("SELECT transcript, batch FROM event_batch").raw().all();
  const read = db
    .prepare<[number, number], string>("SELECT events FROM event_batch WHERE transcript = ? AND batch = ?")
    .pluck();
  for (const [transcript, batch] of batches) {
    const events = JSON.parse(read.get(transcript, batch) ?? "[]") as WrittenEvent[];
    update.run(JSON.stringify(events.map(hashEvent)), transcript, batch);
  }
  db.exec("UPDATE reading SET size = -1, fingerprint = '', state = '{}' WHERE kind = 'events'");
  notePurge(db);
}

function hashEvent(event: WrittenEvent): WrittenEvent {
  const { argument, file, checks, restores, reports, events, ...others } = event;
  return {
    ...others,
    ...(argument !== undefined && ONE_WORD.test(argument) && { argument }),
    ...(event.kind === "edit" &&
      file !== undefined && {
        file: hashPath(file),
        ...(isDocs(file) && { docs: true }),
        ...(isPlanFile(file) && { plan: true }),
      }),
    ...(checks && { checks: checks.map(hashCheck) }),
    ...(restores && { restores: restores.map((path) => (path === "*" ? path : hashPath(path))) }),
    ...(reports && { reports: reports.map(hashReport) }),
    ...(events && { events: events.map(hashEvent) }),
  };
}

function hashReport({ ran, failing, ...report }: WrittenReport): object {
  return {
    ...report,
    ...(ran && { ran: ran.map(hashCheck) }),
    ...(failing && { failing: Array.isArray(failing) ? hashFailed(failing) : failing }),
  };
}

function hashCheck({
  kind,
  ecosystem,
  suite,
  where,
  paths = [],
  filters,
  command,
}: WrittenCheck): WrittenCheck {
  return {
    kind,
    ecosystem,
    suite: hashSuite(suite),
    where: hashPath(where),
    paths: paths.map(hashPath),
    // An early version kept no filters, and its checks hold too little.
    ...(filters && { filters: filters.map(hashName) }),
    command,
  };
}
