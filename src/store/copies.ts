import { FLAG } from "../domain/file-scan.ts";
import type { Store } from "./open.ts";

/**
 * Decides for each request seen in several transcripts which sighting stands for it: it belongs to the earliest file that
 * is not a copy, and its usage is that of the sighting with the most output (docs/definitions.md, Request). A pure function
 * of what the files hold, so any order and number of steps comes to the same.
 */
export function resolveCopies({ db }: Store): void {
  db.exec(`
    UPDATE request SET counted = 1, usage_from = NULL WHERE key IN (SELECT key FROM copied);
    DELETE FROM copied;
    INSERT INTO copied SELECT key FROM request GROUP BY key HAVING count(*) > 1;
  `);
  const sightings = db.prepare(SIGHTINGS).all({ copy: FLAG.copy }) as Sighting[];
  const update = db.prepare("UPDATE request SET counted = ?, usage_from = ? WHERE id = ?");
  for (let start = 0, end = 0; start < sightings.length; start = end) {
    const own = sightings[start] as Sighting;
    let most = own;
    for (end = start; sightings[end]?.key === own.key; end++) {
      const other = sightings[end] as Sighting;
      if (other.output > most.output) most = other;
      update.run(other === own ? 1 : 0, null, other.id);
    }
    if (most !== own) update.run(1, most.id, own.id);
  }
}

interface Sighting {
  id: number;
  key: string;
  output: number;
}

/**
 * Best claim first. Clients before 2.1.3xx do not mark their copies; but a copied line still names the folder, branch, version
 * and slug of the session that wrote it, and not those of the session it now stands in. Where even that is the same, the
 * file that was left alone first is the older one.
 */
const SIGHTINGS = `
  SELECT request.id, request.key, request.output
  FROM copied
  JOIN request ON request.key = copied.key
  JOIN context ON context.id = request.context
  JOIN transcript ON transcript.id = request.transcript
  JOIN context last ON last.id = transcript.last_context
  ORDER BY request.key, (context.flags & @copy) <> 0, transcript.first_at,
    (context.cwd, context.branch, context.version, context.nickname) <> (last.cwd, last.branch, last.version, last.nickname),
    transcript.mtime_ms, transcript.last_at, transcript.path
`;
