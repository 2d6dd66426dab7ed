import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Policy } from "../domain/policy.ts";
import { roleOf } from "../domain/policy.ts";
import { UsageError } from "../errors.ts";
import { createModelTable, type ModelTable } from "../models/resolve.ts";
import { locatePolicies } from "../policy/places.ts";
import { resolvePolicy } from "../policy/resolve.ts";
import { openStore, recoverStore, type OpenedStore } from "../store/open.ts";
import { hasAttempts } from "../store/attempts.ts";
import { hasTitles } from "../store/titles.ts";
import { isEmpty, listAccounts } from "../store/transcripts.ts";
import { type Config, loadConfig } from "./config.ts";
import { ingest, type IngestOptions, type IngestReport } from "./ingest.ts";
import { modelFacts } from "../policy/catalogue-facts.ts";
import {
  canonical,
  cascadesFolder,
  defaultPriceFile,
  resolveWorkspace,
  type Workspace,
  type WorkspaceOptions,
} from "./workspace.ts";

/** Everything that a report is made from: the store brought up to date, the prices and the policy. */
export interface OpenedHistory {
  workspace: Workspace;
  store: OpenedStore;
  models: ModelTable;
  policy: Policy;
  /** Folder and environment of the command: advice is about their files. */
  place: { cwd: string; env: NodeJS.ProcessEnv };
  report: IngestReport;
  /** The configuration folders whose requests are shown. */
  accounts: readonly string[];
  /** One account was chosen. */
  isOneAccount: boolean;
  config: Config;
  /** Their names in the configuration file, by folder. */
  accountNames: ReadonlyMap<string, string>;
  /** Notices for the user about the folders and the store, a sentence or two each. */
  notices: readonly string[];
  /** Returns whether no transcript was ever read, and no attempt recorded. */
  isEmpty(): boolean;
  /** Reads what is new on disk since. */
  update(): Promise<IngestReport>;
  /** The history to go on with after `cause` came up in the store; throws where there is no way on. Closes this one. */
  recover(cause: unknown): Promise<OpenedHistory>;
  close(): void;
}

export interface OpenHistoryOptions extends WorkspaceOptions, IngestOptions {
  /** The price file, where it is not the usual one. */
  prices?: string;
  /** Show one account: its name in the configuration file, or its folder. */
  account?: string;
  /** Show every account in the store; default: the folders that are configured now. */
  allAccounts?: boolean;
}

/** Opens the store and reads what is new on disk. The caller closes it. */
export async function openHistory(
  options: OpenHistoryOptions,
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<OpenedHistory> {
  const workspace = resolveWorkspace(options, env);
  const [models, findPolicy, { config }] = await Promise.all([
    modelsFor(options.prices, env),
    policyFor(cwd, env),
    loadConfig(env),
  ]);
  const accountNames = new Map(
    Object.entries(config.accounts).map(([name, folder]) => [canonical(folder, env), name]),
  );
  const chosen = options.account === undefined ? undefined : folderOf(options.account, config, env);
  const { titles } = config;
  const setUp = {
    options,
    workspace,
    models,
    findPolicy,
    place: { cwd, env },
    config,
    accountNames,
    chosen,
    titles,
  };
  const store = openStore(workspace.dbFile);
  try {
    // Hardly ever is there anything to sweep, and what sweeps takes a while to load.
    const notices =
      !workspace.demo && existsSync(cascadesFolder(env))
        ? await (await import("./sweep-cascades.ts")).sweepCascades(store, env)
        : [];
    return await readInto({ ...store, notices: [...store.notices, ...notices] }, setUp);
  } catch (thrown) {
    store.close();
    return readInto(recoverStore(store.file, thrown), setUp);
  }
}

interface SetUp extends Pick<OpenedHistory, "workspace" | "models" | "place" | "config" | "accountNames"> {
  findPolicy: () => Policy;
  options: OpenHistoryOptions;
  /** Folder of the account that the user named. */
  chosen: string | undefined;
  /** The store may keep titles. */
  titles: boolean;
}

async function readInto(store: OpenedStore, setUp: SetUp): Promise<OpenedHistory> {
  const { options, workspace, models, findPolicy, place, config, accountNames, chosen } = setUp;
  const roots = chosen === undefined ? workspace.roots : [...new Set([...workspace.roots, chosen])];
  const exclude = options.exclude?.map((path) => resolve(place.cwd, path));
  const report = await ingest(store, roots, models, { ...options, ...(exclude && { exclude }) });
  if (setUp.titles || hasTitles(store))
    (await import("./session-titles.ts")).updateTitles(store, setUp.titles);
  const known = listAccounts(store);
  const own = chosen === undefined ? workspace.roots : [requireAccount(chosen, known)];
  return {
    workspace,
    store,
    models,
    get policy() {
      return findPolicy();
    },
    place,
    config,
    accountNames,
    report,
    accounts: options.allAccounts ? known : own,
    isOneAccount: chosen !== undefined,
    notices: [...workspace.notices, ...store.notices, ...movedAccounts(known, workspace)],
    update: () => ingest(store, roots, models, options),
    isEmpty: () => isEmpty(store) && !hasAttempts(store),
    recover: (cause) => {
      store.close();
      return readInto(recoverStore(store.file, cause), setUp);
    },
    close: () => store.close(),
  };
}

/** Returns the folder that an account's name or path stands for. */
function folderOf(account: string, { accounts }: Config, env: NodeJS.ProcessEnv): string {
  return canonical(accounts[account] ?? account, env);
}

function requireAccount(folder: string, known: readonly string[]): string {
  if (known.includes(folder)) return folder;
  throw new UsageError(`--account: no transcripts of "${folder}"`, {
    hint: `Expected ${known.length > 0 ? known.join(", ") : "a configuration folder of Claude Code"}, or a name in the configuration file.`,
  });
}

/** Names accounts that are not shown although their folder is gone: it may have been moved, and its history would seem lost. */
function movedAccounts(known: readonly string[], { roots, demo }: Workspace): string[] {
  return known
    .filter((account) => !demo && !roots.includes(account) && account !== "" && !existsSync(account))
    .map(
      (account) => `the history of ${account}, which no longer exists, is not shown; --all-accounts adds it`,
    );
}

/** Loads what reads YAML only if a file needs it: it takes a while, and most machines have none. */
async function modelsFor(file: string | undefined, env: NodeJS.ProcessEnv): Promise<ModelTable> {
  if (file === undefined && !existsSync(defaultPriceFile(env))) return createModelTable();
  return (await import("./load-models.ts")).loadModels(file, env);
}

/** Reads the policy; without a file, resolves the one that ships only when somebody asks for it. */
async function policyFor(cwd: string, env: NodeJS.ProcessEnv): Promise<() => Policy> {
  const { project, user } = locatePolicies(cwd, env);
  if (existsSync(project) || existsSync(user)) {
    const { policy } = (await import("../policy/load-policy.ts")).loadPolicy(cwd, env);
    return () => policy;
  }
  let shipped: Policy | undefined;
  return () => (shipped ??= resolvePolicy([], modelFacts()));
}

/** The role that an agent type serves; its own name where the policy knows none. */
export function roleName(policy: Policy, agent: string): string {
  return agent === "main" ? "main" : (roleOf(policy, agent)?.role ?? agent);
}

/** Returns the name that the configuration file gives to an account, else its folder. */
export function accountName(folder: string, { accountNames, workspace }: OpenedHistory): string {
  return accountNames.get(folder) ?? (workspace.demo ? "demo" : folder);
}
