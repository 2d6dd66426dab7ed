import type { RecommendationKind } from "../../domain/recommendation.ts";
import type { AdviceContext } from "../context.ts";
import type { Finding } from "../finding.ts";

/** One kind of advice: looks at the evidence, and says what it found. */
export interface Rule {
  kind: RecommendationKind;
  recommend(context: AdviceContext): Finding[];
}
