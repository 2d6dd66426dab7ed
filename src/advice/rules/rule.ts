import type { RecommendationKind } from "../../domain/recommendation.ts";
import type { AdviceContext } from "../context.ts";
import type { AdviceFinding } from "../finding.ts";

/** One kind of advice: looks at the evidence, and says what it found. */
export interface AdviceRule {
  kind: RecommendationKind;
  recommend(context: AdviceContext): AdviceFinding[];
}
