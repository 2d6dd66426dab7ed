/** The meaning of a command's exit code. */
export const EXIT = {
  /** Done. */
  ok: 0,
  /** The honest answer is no: drift under `apply --check`, a budget exceeded, gave up. */
  no: 1,
  /** The user must fix something. */
  usage: 2,
  /** A bug in rolecall. */
  bug: 3,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
