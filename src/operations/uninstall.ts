import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { uninstall } from "../agents/apply.ts";
import type { PlannedChange, Target } from "../agents/change.ts";
import { type AgentPlace, locateFolders } from "../agents/locate.ts";
import { planUninstall } from "../agents/plan-uninstall.ts";
import { cacheFolder, configFile, defaultPriceFile, resolveWorkspace } from "../history/workspace.ts";
import { isStore } from "../store/identify.ts";

/** A plan to take everything of rolecall out of a project and the user's configuration folder. */
export interface UninstallPlan {
  places: readonly { target: Target; changes: readonly PlannedChange[] }[];
  /** Files and folders of rolecall itself that are deleted: the store, the cache, its configuration. */
  data: readonly string[];
}

/** Plans an uninstall. Writes nothing. */
export function loadUninstall(place: AgentPlace, { withData }: { withData: boolean }): UninstallPlan {
  return {
    places: locateFolders(place).map((target) => ({ target, changes: planUninstall(target) })),
    data: withData ? dataOf(place.env) : [],
  };
}

/** Carries out the changes of a plan, except its data. Returns the paths that were written or removed. */
export function applyUninstall({ places }: UninstallPlan): string[] {
  return places.flatMap(({ target, changes }) =>
    uninstall(target, changes).map(({ path }) => join(target.root, path)),
  );
}

/** Deletes the data of a plan: after the locks on the folders are released, because these are in the cache. */
export function deleteData({ data }: UninstallPlan): void {
  for (const path of data) rmSync(path, { recursive: true, force: true });
}

function dataOf(env: NodeJS.ProcessEnv): string[] {
  const { dbFile } = resolveWorkspace({}, env);
  return [...storeFiles(dbFile), cacheFolder(env), configFile(env), defaultPriceFile(env)].filter((path) =>
    existsSync(path),
  );
}

/** The endings of what rolecall and SQLite write beside a store: its log, its seal, the list of forgotten sessions, backups and damaged copies. */
const BESIDE =
  /^(?:-(?:wal|shm|journal)|\.(?:seal|forgotten|lock|readable|rebuilt|corrupt-\d|v\d+-backup).*)$/;

/** Returns the store with everything of its own beside it; nothing if the file is not a store. */
function storeFiles(dbFile: string): string[] {
  if (!isStore(dbFile)) return [];
  const [folder, name] = [dirname(dbFile), basename(dbFile)];
  return readdirSync(folder)
    .filter((one) => one === name || (one.startsWith(name) && BESIDE.test(one.slice(name.length))))
    .map((one) => join(folder, one));
}
