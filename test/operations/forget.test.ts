import { appendFileSync, cpSync, globSync, readFileSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  applyForget,
  findForgettable,
  type ForgetRequest,
  recallForgotten,
} from "../../src/operations/forget.ts";
import { openHistory, type OpenedHistory } from "../../src/history/open-history.ts";
import { byModel, bySession, spentBy, temporaryFolder } from "../helpers/spend.ts";

const FIXTURES = join(import.meta.dirname, "../../fixtures");
const LATER = Date.parse("2027-01-01");

/** Transcripts of their own, and a store that has read them. */
function place(...fixtures: string[]) {
  const folder = temporaryFolder();
  for (const name of fixtures)
    cpSync(join(FIXTURES, name, "projects"), join(folder, "projects"), { recursive: true });
  const open = (): Promise<OpenedHistory> =>
    openHistory({ claudeDirs: [folder], db: join(folder, "rolecall.db") }, process.env, folder);
  return { folder, open };
}

const sessionsOf = ({ store }: OpenedHistory) => Object.keys(spentBy(store, bySession));

function forget(
  history: OpenedHistory,
  request: Omit<ForgetRequest, "timezone">,
  now = Date.now(),
): string[] {
  const found = findForgettable(history, { timezone: "UTC", ...request });
  applyForget(history, found, now);
  return found.list.sessions.map(({ session }) => session);
}

/** How many rows there are in each table. */
function rowsOf({ store: { db } }: OpenedHistory): Record<string, number> {
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all() as string[];
  return Object.fromEntries(
    tables.map((table) => [table, db.prepare(`SELECT count(*) FROM "${table}"`).pluck().get() as number]),
  );
}

describe("forgetting", () => {
  it("takes one session out and leaves the others as they are; it does not come back", async () => {
    const { open } = place("recordings/h-parallel", "recordings/h-nested", "recordings/a-plain");
    const history = await open();
    const before = spentBy(history.store, bySession);
    expect(forget(history, { session: "81dffe" })).toEqual([expect.stringMatching(/^81dffe/)]);
    history.close();
    const again = await open();
    const { [Object.keys(before).find((id) => id.startsWith("81dffe")) as string]: _, ...others } = before;
    expect(spentBy(again.store, bySession)).toEqual(others);
    expect(again.report.changed).toBe(0);
  });

  it("by project and day takes those sessions that meet both", async () => {
    const { open } = place(
      "claude-home/fork-copy",
      "claude-home/time-going-backwards",
      "claude-home/windows-paths",
    );
    const history = await open();
    const all = sessionsOf(history);
    expect(forget(history, { before: "2026-11-09" })).toEqual([]);
    expect(forget(history, { project: "*Users*", before: "2026-11-11" })).toHaveLength(1);
    expect(forget(history, { before: "2026-11-11" })).toHaveLength(2);
    expect(sessionsOf(history)).toHaveLength(all.length - 3);
  });

  it("everything leaves nothing but the note of it, also where files were touched since", async () => {
    const { folder, open } = place("claude-home/streaming-partial-then-final", "recordings/h-nested");
    const history = await open();
    history.store.db.exec("INSERT INTO attempts (at, id, attempt) VALUES (1, 'a', '{}')");
    forget(history, { all: true });
    const { meta: _, forgotten, ...rows } = rowsOf(history);
    expect(forgotten).toBe(1);
    expect(Object.values(rows).every((count) => count === 0)).toBe(true);
    history.close();
    const file = transcripts(folder)[0] as string;
    utimesSync(file, LATER / 1000, LATER / 1000);
    const again = await open();
    expect(spentBy(again.store, byModel)).toEqual({});
    expect(rowsOf(again)).toMatchObject({ request: 0, event_batch: 0 });
  });

  it("holds for the past: what a session does afterwards is kept", async () => {
    const { folder, open } = place("claude-home/streaming-partial-then-final");
    const history = await open();
    const [session] = forget(history, { all: true }, Date.parse("2026-11-20"));
    history.close();
    const [file = ""] = transcripts(folder);
    const line =
      readFileSync(file, "utf8")
        .split("\n")
        .findLast((text) => text.includes('"output_tokens":500')) ?? "";
    appendFileSync(
      file,
      `${line.replace(/"id":"msg_\w+"/, '"id":"msg_01Later"').replace("2026-11-10T", "2026-11-21T")}\n`,
    );
    const again = await open();
    expect(spentBy(again.store, bySession)).toEqual({
      [session as string]: expect.objectContaining({ requests: 1, output: 500 }),
    });
  });

  it("can be taken back for what is still on disk", async () => {
    const { open } = place("recordings/h-parallel", "claude-home/agents-beside-the-session");
    const history = await open();
    const before = spentBy(history.store, byModel);
    for (const session of sessionsOf(history)) forget(history, { session });
    expect(spentBy(history.store, byModel)).toEqual({});
    expect(rowsOf(history)).toMatchObject({ request: 0, transcript: 0, agent_run: 0 });
    expect(recallForgotten(history, undefined)).toBe(2);
    history.close();
    expect(spentBy((await open()).store, byModel)).toEqual(before);
  });

  it("of a session that is not there is refused", async () => {
    const { open } = place("recordings/a-plain");
    const history = await open();
    expect(() => findForgettable(history, { session: "zzz", timezone: "UTC" })).toThrow(
      "no session begins with",
    );
  });
});

function transcripts(folder: string): string[] {
  return globSync("projects/**/*.jsonl", { cwd: folder }).map((path) => join(folder, path));
}
