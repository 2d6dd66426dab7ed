import type { RequestContext } from "../domain/file-scan.ts";
import type { Store } from "./open.ts";

/** The ids under which contexts are stored once. */
export interface Contexts {
  id(slug: string, context: RequestContext, model: string): number;
}

const FIELDS = [
  "slug", "session", "agent_id", "agent_type", "served", "model", "requested", "effort", "branch", "cwd", "version", "nickname",
  "stop", "flags",
]; // prettier-ignore

/** Must be opened anew for each transaction: one that is rolled back takes its contexts with it. */
export function openContexts({ db }: Store): Contexts {
  const rows = db
    .prepare(`SELECT id, ${FIELDS.join(", ")} FROM context`)
    .raw()
    .all() as (string | number)[][];
  const ids = new Map(rows.map(([id, ...fields]) => [JSON.stringify(fields), id as number]));
  const insert = db.prepare(
    `INSERT INTO context (${FIELDS.join(", ")}) VALUES (${FIELDS.map(() => "?").join(", ")})`,
  );
  return {
    id(slug, context, model) {
      const {
        session,
        agentId,
        agentType,
        served,
        requested,
        effort,
        branch,
        cwd,
        version,
        nickname,
        stop,
        flags,
      } = context;
      const fields = [
        slug,
        session,
        agentId,
        agentType,
        served,
        model,
        requested,
        effort,
        branch,
        cwd,
        version,
        nickname,
        stop,
        flags,
      ];
      const key = JSON.stringify(fields);
      let id = ids.get(key);
      if (id === undefined) ids.set(key, (id = Number(insert.run(fields).lastInsertRowid)));
      return id;
    },
  };
}
