import { parentPort } from "node:worker_threads";
import { messageOf } from "../../errors.ts";
import type { IsolatedTask } from "./isolated.ts";
import { parseJson } from "./parse-json.ts";

// The thread that checks what may take very long: see isolated.ts.
parentPort?.on("message", (task: IsolatedTask) => {
  check(task).then(
    (wrong) => parentPort?.postMessage(wrong),
    (thrown: unknown) => parentPort?.postMessage(`it could not be checked: ${messageOf(thrown)}`),
  );
});

/** Returns what is wrong; empty: nothing. Parsers are loaded by the first task that needs them. */
async function check(task: IsolatedTask): Promise<string> {
  if (task.kind === "pattern")
    return task.text.search(task.pattern) >= 0 ? "" : `nothing in it matches ${String(task.pattern)}`;
  if (task.kind === "json") return parseJson(task.code).wrong;
  if (task.kind === "schema") {
    const { findMismatches } = await import("./schema-drafts.ts");
    return findMismatches(task.schema, task.code);
  }
  const { parseAllDocuments } = await import("yaml");
  const documents = parseAllDocuments(task.code);
  const error = "empty" in documents ? undefined : documents.flatMap(({ errors }) => errors)[0];
  return error?.message ?? "";
}
