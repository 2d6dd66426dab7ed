import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { codeOf } from "../errors.ts";
import { hashOf, type HookPlaces } from "./places.ts";

/** Time after which a refresh that left its mark counts as killed. */
const LONGEST_MS = 120_000;

/** Asks for a refresh of the state of a root. Returns whether the caller has to start one; otherwise the one that runs goes round once more. */
export function askForRefresh(places: HookPlaces, root: string, now: number): boolean {
  const { wanted, running } = marksOf(places, root);
  try {
    mkdirSync(places.folder, { recursive: true, mode: 0o700 });
    writeFileSync(wanted, "");
    if (now - (statSync(running, { throwIfNoEntry: false })?.mtimeMs ?? 0) < LONGEST_MS) return false;
    writeFileSync(running, "");
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === undefined) throw thrown;
    return false; // a full disk: nothing could be computed either
  }
}

/** Runs a refresh until nobody has asked for another one meanwhile. */
export async function whileWanted(
  places: HookPlaces,
  root: string,
  refresh: () => Promise<void>,
): Promise<void> {
  const { wanted, running } = marksOf(places, root);
  try {
    do {
      rmSync(wanted, { force: true });
      await refresh();
    } while (existsSync(wanted));
  } finally {
    rmSync(running, { force: true });
  }
}

function marksOf({ folder }: HookPlaces, root: string): { wanted: string; running: string } {
  const name = join(folder, `refresh-${hashOf(root)}`);
  return { wanted: `${name}-wanted`, running: `${name}-running` };
}
