import type { OpenedStore } from "../store/open.ts";
import {
  deleteTitles,
  hasTitles,
  type KeptTitle,
  listMainTranscripts,
  readKeptTitles,
  writeTitles,
} from "../store/titles.ts";
import { readTitle, readTitleAndPrompt } from "../transcripts/title.ts";

/** Returns the titles of sessions: from their transcripts while these exist, otherwise as the store keeps them. */
export function readSessionTitles(
  store: OpenedStore,
  sessions: readonly string[],
): ReadonlyMap<string, string> {
  const titles = new Map<string, string>();
  for (const { session, title } of readKeptTitles(store).values()) titles.set(session, title);
  for (const { session, path } of listMainTranscripts(store, sessions)) {
    const title = readTitle(path);
    if (title !== "") titles.set(session, title);
  }
  return titles;
}

/** Returns the sessions that have some words in their title or in their first prompt, whatever their case. */
export function findTitledSessions(store: OpenedStore, words: string): string[] {
  const wanted = foldText(words.replace(/…$/, ""));
  if (wanted === "") return [];
  const has = (text: string) => foldText(text).includes(wanted);
  const kept = [...readKeptTitles(store).values()].filter(({ title }) => has(title));
  const own = listMainTranscripts(store).filter(({ path }) => {
    const { title, prompt } = readTitleAndPrompt(path);
    return has(title) || has(prompt);
  });
  return [...new Set([...kept, ...own].map(({ session }) => session))];
}

function foldText(text: string): string {
  return text.normalize("NFC").replaceAll(/\s+/g, " ").trim().toLowerCase();
}

/** Makes a function that returns the title of a session, reading each transcript once; empty if nothing shows a title. */
export function titleFinder(store: OpenedStore): (session: string) => string {
  const kept = new Map([...readKeptTitles(store).values()].map(({ session, title }) => [session, title]));
  const found = new Map<string, string>();
  return (session) => {
    let title = found.get(session);
    if (title === undefined) {
      const [transcript] = listMainTranscripts(store, [session]);
      title = (transcript && readTitle(transcript.path)) || (kept.get(session) ?? "");
      found.set(session, title);
    }
    return title;
  };
}

/** Keeps the titles of transcripts that are new or have grown; without permission, deletes those that are kept. */
export function updateTitles(store: OpenedStore, mayKeep: boolean): void {
  if (!mayKeep) {
    if (!hasTitles(store)) return;
    store.db.pragma("secure_delete = ON");
    store.writing(() => deleteTitles(store));
    return;
  }
  const kept = readKeptTitles(store);
  const titles = listMainTranscripts(store)
    .filter(({ session, size }) => kept.get(session)?.size !== size)
    .map(({ session, path, size }): KeptTitle => ({ session, title: readTitle(path), size }))
    .filter(({ title }) => title !== "");
  if (titles.length > 0) store.writing(() => writeTitles(store, titles));
}
