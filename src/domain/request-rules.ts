/**
 * A model's rule for `thinking`; each wrong form is a 400.
 * - `none`: knows no such parameter
 * - `budget`: on with a token budget, off by default
 * - `adaptive`: adaptive, or disabled
 * - `adaptive-up-to-high`: may be disabled only at effort `high` and below
 * - `between-tools`: adaptive, or only between tool calls; never disabled
 * - `always`: adaptive, cannot be turned down
 */
export type ThinkingRule =
  | "none"
  | "budget"
  | "adaptive"
  | "adaptive-up-to-high"
  | "between-tools"
  | "always";

/** The parameters besides the text that a model accepts in a request. */
export interface RequestRules {
  /** The form in which it accepts `thinking`. */
  thinking: ThinkingRule;
  /** Whether `temperature` is accepted. */
  sampling: boolean;
  /** Whether the conversation may end with the beginning of the answer. */
  prefill: boolean;
}
