import { statSync } from "node:fs";
import { basename, dirname, relative, sep } from "node:path";
import { parseFrontMatter } from "../agents/frontmatter.ts";
import { readEntries } from "../agents/journal.ts";
import { type AgentPlace, locateBoth } from "../agents/locate.ts";
import { createGit, isGitMissing, tryGit } from "../cascade/git.ts";

/** A moment at which the file of an agent changed, with the models that are known; `inherit` if it named none. */
interface AgentFileChange {
  /** ms since the epoch. */
  at: number;
  before?: string;
  after?: string;
}

/** Commits that are looked at, the latest first. */
const MOST_COMMITS = 30;
const NO_MODEL = "inherit";

/** Returns when a file was changed last, in ms since the epoch; 0 if it is gone. */
export function modifiedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/**
 * Reads which model the file of an agent named before its last change, by the commits of its repository and by what rolecall's journal
 * says that it replaced. The function that it returns gives undefined for a time that neither knows.
 */
export async function readPastModels(
  path: string,
  place: AgentPlace,
): Promise<(time: number) => string | undefined> {
  const changes = [...(await readCommits(path, place)), ...readReplaced(path, place)];
  const ordered = changes.toSorted((a, b) => a.at - b.at);
  return (time) =>
    ordered.find(({ at }) => at > time)?.before ?? ordered.findLast(({ at }) => at <= time)?.after;
}

async function readCommits(path: string, { env }: AgentPlace): Promise<AgentFileChange[]> {
  const git = createGit(env, dirname(path));
  const name = basename(path);
  try {
    const log = await tryGit(git, "log", `-${MOST_COMMITS}`, "--format=%H %ct", "--", name);
    const commits = (log ?? "").split("\n").filter((line) => line !== "");
    return await Promise.all(
      commits.map(async (line): Promise<AgentFileChange> => {
        const [hash = "", seconds = "0"] = line.split(" ");
        const text = await tryGit(git, "show", `${hash}:./${name}`);
        return {
          at: Number(seconds) * 1000,
          ...(text !== undefined && { after: modelIn(Buffer.from(text)) }),
        };
      }),
    );
  } catch (error) {
    if (isGitMissing(error)) return [];
    throw error;
  }
}

function readReplaced(path: string, place: AgentPlace): AgentFileChange[] {
  const target = locateBoth(place).find(({ root }) => path.startsWith(root + sep));
  if (!target) return [];
  const own = relative(target.root, path).replaceAll(sep, "/");
  return readEntries(target).flatMap(({ entry: { at, files } }) =>
    files
      .filter((file) => file.path === own && file.before !== null)
      .map(({ before }) => ({ at: Date.parse(at), before: modelIn(Buffer.from(before ?? "", "base64")) })),
  );
}

function modelIn(file: Buffer): string {
  const { model } = parseFrontMatter(file).keys;
  return typeof model === "string" && model !== "" ? model : NO_MODEL;
}
