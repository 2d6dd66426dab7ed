import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { categorize } from "../../src/analysis/outcomes/categories.ts";
import type { Clues } from "../../src/analysis/outcomes/clues.ts";
import type { Candidate } from "../../src/analysis/outcomes/candidate.ts";
import { separateAgents } from "../../src/analysis/outcomes/agents.ts";
import { linkCandidates } from "../../src/analysis/outcomes/link.ts";
import { cluesOf } from "../../src/analysis/outcomes/to-task.ts";
import type { Categories } from "../../src/domain/task.ts";
import { ingest } from "../../src/history/ingest.ts";
import { createModelTable } from "../../src/models/resolve.ts";
import { openStore } from "../../src/store/open.ts";
import { readStaleSessions } from "../../src/store/judgements.ts";
import { readSessions } from "../../src/store/session-rows.ts";
import { contentText, type Fields, fieldsOf } from "../../src/transcripts/fields.ts";
import { withoutClientText } from "../../src/transcripts/client-text.ts";

/** A turn, with the evidence for its category and the words of its prompt. */
export interface TurnClues {
  session: string;
  /** SHA-256 of the session id. */
  hash: string;
  index: number;
  clues: Clues;
  prompt: string;
}

/** Reads the evidence of every turn below a configuration folder. */
export async function readTurnClues(root: string): Promise<TurnClues[]> {
  const store = openStore(":memory:");
  try {
    const models = createModelTable();
    await ingest(store, [root], models);
    const sessions = readStaleSessions(store, "").map(({ session }) => session);
    const lines = linesReader();
    return [...readSessions(store, sessions)].flatMap((stored) => {
      const labels = new Map<Candidate, Categories>();
      const hash = createHash("sha256").update(stored.session).digest("hex");
      return linkCandidates(separateAgents(stored), [], models, undefined)
        .filter(({ kind }) => kind === "turn")
        .map((turn): TurnClues => {
          const clues = cluesOf(turn, "main", labels);
          labels.set(turn, categorize(clues));
          const { thread, prompt } = turn.draft;
          return {
            session: stored.session,
            hash,
            index: turn.index ?? 0,
            clues,
            prompt: prompt ? promptOf(lines(thread.file)[prompt.line - 1]) : "",
          };
        });
    });
  } finally {
    store.close();
  }
}

function promptOf(line = "{}"): string {
  const entry = JSON.parse(line) as Fields;
  return withoutClientText(contentText(fieldsOf(entry["message"])["content"]));
}

function linesReader(): (file: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (file) => {
    let lines = known.get(file);
    if (!lines) known.set(file, (lines = readFileSync(file, "utf8").split("\n")));
    return lines;
  };
}
