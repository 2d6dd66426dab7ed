/** The facts that the next attempt learns about the one before. */
export interface FailedCheck {
  /** `exited with code 1` */
  ending: string;
  /** The output of the check, already bounded. */
  output: string;
  /** Whether the folder still has that attempt's changes. */
  kept: boolean;
}

/** Formats the prompt of one attempt: the user's words unchanged, then what decides, then what went wrong before. */
export function formatPrompt(prompt: string, verify: string, before: FailedCheck | undefined): string {
  const parts = [prompt.trimEnd(), `The work is done when this command succeeds: ${verify}`];
  if (before) parts.push(formatBefore(before));
  return `${parts.join("\n\n")}\n`;
}

function formatBefore({ ending, output, kept }: FailedCheck): string {
  const printed =
    output.trim() === "" ? "It printed nothing." : `It printed:\n\n<output>\n${output.trim()}\n</output>`;
  const state = kept
    ? "The changes of that attempt are still in this folder."
    : "The changes of that attempt were discarded: this folder is as it was before it.";
  return `An earlier attempt failed: the command ${ending}. ${printed}\n\n${state}`;
}
