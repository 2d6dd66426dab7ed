import type { Policy } from "../domain/policy.ts";
import { roleOf } from "../domain/policy.ts";
import { createModelTable, type ModelTable } from "../models/resolve.ts";
import { openStore, type Store } from "../store/open.ts";
import { ingest, type IngestProgress, type IngestReport } from "./ingest.ts";
import { loadPolicy } from "./load-policy.ts";
import { resolveWorkspace, type Workspace, type WorkspaceOptions } from "./workspace.ts";

/** Everything that a report is made from: the store brought up to date, the prices and the policy. */
export interface History {
  workspace: Workspace;
  store: Store;
  models: ModelTable;
  policy: Policy;
  report: IngestReport;
  close(): void;
}

export interface HistoryOptions extends WorkspaceOptions {
  onProgress?: (progress: IngestProgress) => void;
}

/** Opens the store and reads what is new on disk. The caller closes it. */
export async function openHistory(
  options: HistoryOptions,
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<History> {
  const workspace = resolveWorkspace(options, env);
  const models = createModelTable();
  const { policy } = loadPolicy(cwd, env);
  const store = openStore(workspace.dbFile);
  try {
    const report = await ingest(store, workspace.roots, models, options.onProgress);
    return { workspace, store, models, policy, report, close: () => store.close() };
  } catch (thrown) {
    store.close();
    throw thrown;
  }
}

/** The role that an agent type serves; its own name where the policy knows none. */
export function roleName(policy: Policy, agent: string): string {
  return agent === "main" ? "main" : (roleOf(policy, agent)?.role ?? agent);
}
