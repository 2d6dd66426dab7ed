/** What the attempt before came to, for the prompt of the next one. */
export interface Before {
  /** `ended with exit code 1` */
  ending: string;
  /** What the check printed, already bounded. */
  output: string;
  /** Whether the folder still holds what that attempt did. */
  kept: boolean;
}

/** The prompt of one attempt: the user's words first and unchanged, then what decides, then what went wrong before. */
export function formatPrompt(prompt: string, verify: string, before: Before | undefined): string {
  const parts = [prompt.trimEnd(), `The work is done when this command succeeds: ${verify}`];
  if (before) parts.push(formatBefore(before));
  return `${parts.join("\n\n")}\n`;
}

function formatBefore({ ending, output, kept }: Before): string {
  const printed =
    output.trim() === "" ? "It printed nothing." : `It printed:\n\n<output>\n${output.trim()}\n</output>`;
  const state = kept
    ? "What that attempt changed is still in this folder."
    : "What that attempt changed has been thrown away: this folder is as it was before it.";
  return `An earlier attempt did not get there: the command ${ending}. ${printed}\n\n${state}`;
}
