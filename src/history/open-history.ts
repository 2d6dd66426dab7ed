import { existsSync } from "node:fs";
import type { Policy } from "../domain/policy.ts";
import { roleOf } from "../domain/policy.ts";
import { createModelTable, type ModelTable } from "../models/resolve.ts";
import { locatePolicies } from "../policy/places.ts";
import { resolvePolicy } from "../policy/resolve.ts";
import { openStore, recoverStore, type Store } from "../store/open.ts";
import { isEmpty } from "../store/transcripts.ts";
import { ingest, type IngestProgress, type IngestReport, type Needs } from "./ingest.ts";
import { modelFacts } from "../policy/catalogue-facts.ts";
import {
  cascadesFolder,
  defaultPriceFile,
  resolveWorkspace,
  type Workspace,
  type WorkspaceOptions,
} from "./workspace.ts";

/** Everything that a report is made from: the store brought up to date, the prices and the policy. */
export interface History {
  workspace: Workspace;
  store: Store;
  models: ModelTable;
  policy: Policy;
  report: IngestReport;
  /** What to tell the user about the folders and the store, a sentence or two each. */
  notices: readonly string[];
  /** Tells whether no transcript was ever read. */
  isEmpty(): boolean;
  /** The history to go on with after `cause` came up in the store; throws where there is no way on. Closes this one. */
  recover(cause: unknown): Promise<History>;
  close(): void;
}

export interface HistoryOptions extends WorkspaceOptions {
  /** The price file, where it is not the usual one. */
  prices?: string;
  onProgress?: (progress: IngestProgress) => void;
  needs?: Needs;
}

/** Opens the store and reads what is new on disk. The caller closes it. */
export async function openHistory(
  options: HistoryOptions,
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<History> {
  const workspace = resolveWorkspace(options, env);
  const [models, policy] = await Promise.all([modelsFor(options.prices, env), policyFor(cwd, env)]);
  const readInto = async (store: Store): Promise<History> => {
    const report = await ingest(store, workspace.roots, models, options);
    const recover = (cause: unknown) => {
      store.close();
      return readInto(recoverStore(store.file, cause));
    };
    return {
      workspace,
      store,
      models,
      policy,
      report,
      notices: [...workspace.notices, ...store.notices],
      isEmpty: () => isEmpty(store),
      recover,
      close: () => store.close(),
    };
  };
  const store = openStore(workspace.dbFile);
  try {
    // Hardly ever is there anything to sweep, and what sweeps takes a while to load.
    if (!workspace.demo && existsSync(cascadesFolder(env)))
      await (await import("./sweep-cascades.ts")).sweepCascades(store, env);
    return await readInto(store);
  } catch (thrown) {
    store.close();
    return readInto(recoverStore(store.file, thrown));
  }
}

/** What reads YAML takes a while to load, and most machines have no file for it. */
async function modelsFor(file: string | undefined, env: NodeJS.ProcessEnv): Promise<ModelTable> {
  if (file === undefined && !existsSync(defaultPriceFile(env))) return createModelTable();
  return (await import("./load-models.ts")).loadModels(file, env);
}

async function policyFor(cwd: string, env: NodeJS.ProcessEnv): Promise<Policy> {
  const { project, user } = locatePolicies(cwd, env);
  if (!existsSync(project) && !existsSync(user)) return resolvePolicy([], modelFacts());
  return (await import("../policy/load-policy.ts")).loadPolicy(cwd, env).policy;
}

/** The role that an agent type serves; its own name where the policy knows none. */
export function roleName(policy: Policy, agent: string): string {
  return agent === "main" ? "main" : (roleOf(policy, agent)?.role ?? agent);
}
