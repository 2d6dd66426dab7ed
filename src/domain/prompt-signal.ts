/** Signals in a prompt's words about the work before it and the work it asks for. */
const PROMPT_SIGNALS = [
  /** The work before it is wrong. */
  "correction",
  /** Something looks wrong; the work after it shows whether the work before it is the cause. */
  "symptom",
  /** Something fails: a check, a program, a thing that is not there. */
  "failure",
  /** Says that an answer is not true. */
  "contradiction",
  /** Doubts a choice, mostly as a question. */
  "pushback",
  /** Doubts a choice in the words of a new wish; how much is rewritten for it shows which it is. */
  "doubt",
  /** A pasted finding of a review. */
  "finding",
  /** Says that it is about something else than the work before. */
  "other-matter",
  /** Stops the work. */
  "stop",
  "praise",
  "continue",
  "same-again",
  "declines",
  "new-work",
  "expects-red",
  "asks-undo",
  /** Asks for something as it was before. */
  "asks-back",
  "changed-mind",
  /** Is not in English: its words are not understood. */
  "foreign",
] as const;
export type PromptSignal = (typeof PROMPT_SIGNALS)[number];
