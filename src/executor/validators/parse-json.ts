import { messageOf } from "../../errors.ts";

/** Parses a JSON text; `wrong` says why it is not one. */
export function parseJson(code: string): { value?: unknown; wrong: string } {
  try {
    return { value: JSON.parse(code) as unknown, wrong: "" };
  } catch (thrown) {
    return { wrong: `not JSON: ${messageOf(thrown)}` };
  }
}
