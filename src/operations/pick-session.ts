import { UsageError } from "../errors.ts";

/** Returns the one id that is `prefix` or begins with it. Throws UsageError if none or several do. */
export function pickSession(
  ids: readonly string[],
  prefix: string,
  { subject = "session", else: otherwise = "", expected = "the start of an ID" } = {},
): string {
  const found = ids.filter((id) => id.startsWith(prefix));
  const [only] = found;
  if (only === undefined)
    throw new UsageError(`${subject}: no session begins with "${prefix}"${otherwise}`, {
      hint: `Expected ${expected}. Try rolecall session --all, which lists the IDs.`,
    });
  if (found.length === 1 || found.includes(prefix)) return found.includes(prefix) ? prefix : only;
  throw new UsageError(`${subject}: ${found.length} sessions begin with "${prefix}"`, {
    hint: `Expected more of the ID, such as ${found.slice(0, 3).join(", ")}. Try rolecall session --all, which lists the IDs.`,
  });
}
