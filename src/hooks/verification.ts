import { findChecks } from "../transcripts/observe/verification.ts";

/**
 * Returns whether the exit code of a shell line is that of a verification: the policy's own command, or one by the rules that judge
 * outcomes in transcripts.
 */
export function tellsOutcome(command: string, hasFailed: boolean, verify: string | null): boolean {
  if (verify !== null && verify !== "" && command.trim() === verify) return true;
  return findChecks(command).some(({ zeroTells, decidesExit, aside }) =>
    aside ? false : hasFailed ? decidesExit : zeroTells,
  );
}
