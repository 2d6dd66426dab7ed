/** Problems of transcripts: counted, shown on demand, never fatal. */
export const DIAGNOSTICS = {
  "bad-json": "a line that is not a JSON object",
  "unknown-entry": "an entry of a type this version does not know",
  "bad-usage": "an assistant entry whose usage is not readable",
  "odd-usage": "an answer whose counts are not plain numbers: read as the client reads them",
  "too-long": "a line that is too long to be read",
  "unreadable-file": "a file that could not be read",
} as const;
export type DiagnosticCode = keyof typeof DIAGNOSTICS;
