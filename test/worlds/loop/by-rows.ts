import { EVIDENCE_DAYS, measureImpact } from "../../../src/advice/impact.ts";
import { runsOn } from "../../../src/advice/move.ts";
import type { AdviceTask } from "../../../src/advice/failure.ts";
import { recommend } from "../../../src/advice/recommend.ts";
import { type Decision, isFollowed } from "../../../src/domain/decision.ts";
import type { ModelAtEffort } from "../../../src/domain/recommendation.ts";
import { TIER_MODELS } from "../../../src/models/catalogue.ts";
import { createModelTable } from "../../../src/models/resolve.ts";
import { modelFacts } from "../../../src/policy/catalogue-facts.ts";
import { resolvePolicy } from "../../../src/policy/resolve.ts";
import type { LoopAdviser, LoopTally } from "./baselines.ts";
import { asRows, isLate } from "./loop-tasks.ts";
import { type LoopRole, type LoopWorld, trueCost, trueSuccess } from "./loop-world.ts";

const DAY_MS = 86_400_000;
const table = createModelTable();
const policy = resolvePolicy([], modelFacts());

/** The rules alone, without files: a fast stand-in for the command line. */
export function rulesAlone({ roles }: LoopWorld): LoopAdviser {
  const all: AdviceTask[] = [];
  const decisions = new Map<string, Decision>();
  const tally: { -readonly [Key in keyof LoopTally]: LoopTally[Key] } = {
    moves: 0,
    kept: [],
    forecasts: { usd: [0, 0], success: [0, 0] },
  };
  const assignmentOf = (role: LoopRole): ModelAtEffort => {
    const own = [...decisions.values()]
      .filter(({ recommendation: { subject } }) => subject.agent === role.agent)
      .filter(
        ({ recommendation: { subject } }) => subject.category === null || subject.category === role.category,
      )
      .toSorted((a, b) => a.at - b.at)
      .findLast(isFollowed);
    const { proposed } = own?.recommendation ?? {};
    return proposed ? runsOn(proposed, { tiers: TIER_MODELS }) : role.start;
  };
  return {
    async advise(tasks, now) {
      all.push(...asRows(tasks));
      for (const [id, decision] of decisions) {
        if (!isFollowed(decision)) continue;
        const impact = measureImpact(decision, all, {
          now,
          tolerance: policy.tolerance / 100,
          decisions: [...decisions.values()],
          table,
        });
        if (!impact) continue;
        const why = impact.trial?.why;
        const verdict = impact.trial?.verdict;
        if (verdict === "keep") {
          decisions.set(id, { ...decision, step: "kept", ...(why && { why }) });
          const role = roles.find(({ agent }) => agent === decision.recommendation.subject.agent);
          const { current, proposed } = decision.recommendation;
          if (role && current && proposed)
            tally.kept = [
              ...tally.kept,
              { role, from: current, to: runsOn(proposed, { tiers: TIER_MODELS }), at: now },
            ];
        } else if (verdict === "revert" || impact.verdict === "backfired") {
          decisions.set(id, { ...decision, step: "reverted", at: now, ...(why && { why }) });
          tally.moves++;
        }
      }
      const { recommendations } = recommend(
        all,
        policy,
        { since: now - EVIDENCE_DAYS * DAY_MS, until: now },
        { decisions: [...decisions.values()] },
      );
      for (const one of recommendations.filter(({ confidence }) => confidence !== "watch")) {
        if (!one.current || !one.proposed) continue;
        decisions.set(one.id, { step: "applied", at: now, recommendation: one });
        tally.moves++;
        judgeForecast(tally, roles, one, now);
      }
      return assignmentOf;
    },
    tally: () => tally,
  };
}

/** Counts whether the truth is inside the intervals of a forecast. */
export function judgeForecast(
  { forecasts }: LoopTally,
  roles: readonly LoopRole[],
  {
    subject,
    current,
    proposed,
    savingsUsdPerMonth: usd,
    successChange,
  }: {
    subject: { agent: string | null; category: string | null };
    current: ModelAtEffort | null;
    proposed: ModelAtEffort | null;
    savingsUsdPerMonth: { low: number; high: number };
    successChange: { low: number; high: number } | null;
  },
  now: number,
): void {
  const own = roles.filter(
    ({ agent, category }) =>
      agent === subject.agent && (subject.category === null || subject.category === category),
  );
  if (!current || !proposed || !successChange || own.length === 0) return;
  const to = runsOn(proposed, { tiers: TIER_MODELS });
  const from = { ...current, effort: current.effort ?? "medium" } as const;
  const target = { ...to, effort: to.effort ?? "medium" } as const;
  const volume = own.reduce((sum, role) => sum + role.tasksPerDay, 0);
  const mixed = (value: (role: LoopRole) => number) =>
    own.reduce((sum, role) => sum + role.tasksPerDay * value(role), 0) / volume;
  const late = isLate(now);
  const change = mixed((role) => trueSuccess(role, target, late) - trueSuccess(role, from, late));
  const saved = 30 * volume * mixed((role) => trueCost(role, from, late) - trueCost(role, target, late));
  forecasts.success[1]++;
  forecasts.usd[1]++;
  if (change >= successChange.low && change <= successChange.high) forecasts.success[0]++;
  if (saved >= usd.low && saved <= usd.high) forecasts.usd[0]++;
}
