import type { SessionAnalysis } from "../../src/analysis/outcomes/session.ts";
import { createModelTable } from "../../src/models/resolve.ts";
import { readAnalyses } from "../../src/history/analyze.ts";
import { ingest } from "../../src/history/ingest.ts";
import { openStore } from "../../src/store/open.ts";

/** The judgements over all transcripts below a folder that looks like `~/.claude`. */
export async function analyzeFolder(root: string): Promise<readonly SessionAnalysis[]> {
  const store = openStore(":memory:");
  try {
    const models = createModelTable();
    await ingest(store, [root], models);
    return readAnalyses({ store, models, accounts: [root] }, { timezone: "UTC" });
  } finally {
    store.close();
  }
}
