import { findChecks } from "../transcripts/observe/verification.ts";

/** Returns whether the exit code of a shell line is that of a verification, by the rules that judge outcomes in transcripts. */
export function tellsOutcome(command: string, hasFailed: boolean): boolean {
  return findChecks(command).some(({ zeroTells, decidesExit, aside }) =>
    aside ? false : hasFailed ? decidesExit : zeroTells,
  );
}
