import type { OpenedStore } from "../store/open.ts";

/** Answers a question about a store: from the last time if it was the same question and the store has not changed. */
type AskOnce<Answer> = (store: OpenedStore, question: readonly unknown[], compute: () => Answer) => Answer;

/** Makes a function that keeps the last answer for each store. The parts of one report ask for the same several times. */
export function keepLast<Answer>(): AskOnce<Answer> {
  const last = new WeakMap<OpenedStore["db"], { asked: string; changes: string; answer: Answer }>();
  return (store, question, compute) => {
    const known = last.get(store.db);
    const asked = JSON.stringify(question);
    if (known?.asked === asked && known.changes === countChanges(store)) return known.answer;
    const answer = compute();
    last.set(store.db, { asked, changes: countChanges(store), answer });
    return answer;
  };
}

/** Returns a text that is another one after any change in a store, by this process or by others. */
export function countChanges({ db }: OpenedStore): string {
  const own = db.prepare<[], number>("SELECT total_changes()").pluck().get();
  return `${own} ${String(db.pragma("data_version", { simple: true }))}`;
}
