import type { SendFault } from "./sender.ts";

type Names = Pick<SendFault, "type" | "code">;

/**
 * Reads the names and numbers that the body of an error gives to it, wherever gateways put them: under `error`, at the top, in the
 * first element of a list; as `type`, `__type` or `status`, and as `code` or `details.error_code`. Codes are text or numbers.
 */
export function readErrorNames(body: unknown): Names {
  const outer = Object(Array.isArray(body) ? body[0] : body) as Record<string, unknown>;
  const inner = Object(outer["error"]) as Record<string, unknown>;
  const find = (...fields: string[]): string | undefined =>
    [inner, outer].flatMap((part) => fields.map((field) => nameOf(part[field]))).find(Boolean);
  const type = find("type", "__type", "status");
  const details = Object(inner["details"]) as Record<string, unknown>;
  const code = nameOf(details["error_code"]) ?? find("code");
  return { ...(type && { type }), ...(code && { code }) };
}

/** Returns the name of an error; that it is an error shows nothing about it. */
function nameOf(value: unknown): string | undefined {
  if (value === "error") return undefined;
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
