import type { JudgedTask } from "../../src/domain/judged-task.ts";
import { wilson } from "../../src/domain/rate.ts";
import { type Category, type Complexity, type Outcome, OUTCOMES } from "../../src/domain/task.ts";

/** What a reader said of a turn; first the reader's own choice, then what a reasonable reader could also say. */
export interface TurnLabel {
  /** Start of the session id's SHA-256. */
  session: string;
  /** The turn's number from 0. */
  turn: number;
  outcome: readonly Outcome[];
  category?: readonly Category[];
  complexity?: readonly Complexity[];
  /** How many turns of the corpus it stands for; 0 where it was chosen for what it is. */
  weight: number;
  half?: string;
  /** Two readers made another first choice. */
  disputed?: boolean;
}

/** A label and the turn that it is about, as the rules judged it; absent where the rules saw no such turn. */
export interface LabelledTurn {
  label: TurnLabel;
  task?: JudgedTask;
}

interface Shares {
  strict: number;
  withAlternatives: number;
}

/** How near the rules come to the reader. */
export interface TurnScore {
  turns: number;
  missing: number;
  outcome: Shares;
  /** Each turn counts for as many as it stands for in the corpus. */
  weighted: Shares;
  /** Of turns judged so, how many are (with alternatives, strictly). */
  precision: Partial<Record<Outcome, Shares & { judged: number }>>;
  /**
   * Of turns that are failed or reworked beyond dispute, how many are called one of the two, and how many accepted. Of all turns that
   * are called one of the two, how many are so, and how many are so for one of two readers.
   */
  errors: { turns: number; found: number; accepted: number; called: number; disputed: number };
  category: Shares;
  complexity: Shares;
}

/** Compares labels with verdicts. */
export function scoreTurns(turns: readonly LabelledTurn[]): TurnScore {
  const seen = turns.filter((turn): turn is Required<LabelledTurn> => turn.task !== undefined);
  const bad = seen.filter(({ label }) => isError(label.outcome[0]) && !label.disputed);
  const called = seen.filter(({ task }) => isError(task.outcome));
  return {
    turns: turns.length,
    missing: turns.length - seen.length,
    outcome: sharesOf(
      turns,
      ({ label }) => label.outcome,
      outcomeOf,
      () => 1,
    ),
    weighted: sharesOf(
      turns,
      ({ label }) => label.outcome,
      outcomeOf,
      ({ label }) => label.weight,
    ),
    precision: Object.fromEntries(
      OUTCOMES.map((outcome) => {
        const judged = seen.filter(({ task }) => task.outcome === outcome);
        return [
          outcome,
          {
            judged: judged.length,
            ...sharesOf(
              judged,
              ({ label }) => label.outcome,
              outcomeOf,
              () => 1,
            ),
          },
        ];
      }),
    ),
    errors: {
      turns: bad.length,
      found: bad.filter(({ task }) => isError(task.outcome)).length,
      accepted: bad.filter(({ task }) => task.outcome === "accepted").length,
      called: called.length,
      disputed: called.filter(({ label }) => label.disputed && label.outcome.some(isError)).length,
    },
    category: sharesOf(
      turns.filter(({ label }) => label.category),
      ({ label }) => label.category ?? [],
      ({ task }) => task?.categories.category,
      () => 1,
    ),
    complexity: sharesOf(
      turns.filter(({ label }) => label.complexity),
      ({ label }) => label.complexity ?? [],
      ({ task }) => task?.categories.complexity,
      () => 1,
    ),
  };
}

function isError(outcome: Outcome | undefined): boolean {
  return outcome === "failed" || outcome === "reworked";
}

function outcomeOf({ task }: LabelledTurn): Outcome | undefined {
  return task?.outcome;
}

function sharesOf<Word>(
  turns: readonly LabelledTurn[],
  said: (turn: LabelledTurn) => readonly Word[],
  got: (turn: LabelledTurn) => Word | undefined,
  weight: (turn: LabelledTurn) => number,
): Shares {
  const sum = (holds: (turn: LabelledTurn) => boolean): number =>
    turns.reduce((total, turn) => total + (holds(turn) ? weight(turn) : 0), 0);
  const all = sum(() => true);
  return {
    strict: sum((turn) => said(turn)[0] === got(turn)) / all,
    withAlternatives: sum((turn) => said(turn).includes(got(turn) as Word)) / all,
  };
}

/** Writes the score, the confusion of outcomes, and with `wrong` each turn that is judged otherwise. */
export function renderReport(score: TurnScore, turns: readonly LabelledTurn[], wrong: boolean): string {
  const { outcome, weighted, precision, errors, category, complexity } = score;
  return [
    `${score.turns} turns, ${score.missing} of them not found.`,
    `outcome     ${both(outcome)}`,
    `  weighted  ${both(weighted)}`,
    ...(["failed", "reworked", "interrupted", "accepted", "unknown"] as const).map((name) => {
      const { judged = 0, ...shares } = precision[name] ?? { strict: NaN, withAlternatives: NaN };
      return `  ${`judged ${name}`.padEnd(18)} ${both(shares)} of ${judged}`;
    }),
    `  failed or reworked and called so: ${withInterval(errors.found, errors.turns)}`,
    `  failed or reworked but called accepted: ${withInterval(errors.accepted, errors.turns)}`,
    `  called failed or reworked, and so: ${withInterval(errors.found, errors.called)}, and ${errors.disputed} for one of two readers`,
    `category    ${both(category)}`,
    `complexity  ${both(complexity)}`,
    "",
    confusion(turns),
    ...(wrong ? turns.flatMap(describe) : []),
  ].join("\n");
}

function both({ strict, withAlternatives }: Shares): string {
  return `${percent(strict)} strictly, ${percent(withAlternatives)} with alternatives`;
}

function withInterval(hits: number, trials: number): string {
  const { value, low, high } = wilson(hits, trials);
  const [share, from, to] = [value, low, high].map((end) => percent(end ?? NaN));
  return `${hits} of ${trials} (${share}, 95 % interval ${from} to ${to})`;
}

function percent(share: number): string {
  return Number.isNaN(share) ? "–" : `${(share * 100).toFixed(1)} %`;
}

const cells = (words: readonly (string | number)[]): string =>
  words.map((word) => String(word).padStart(13)).join("");

function confusion(turns: readonly LabelledTurn[]): string {
  const rows = OUTCOMES.map((labelled) => {
    const own = turns.filter(({ label }) => label.outcome[0] === labelled);
    return cells([
      labelled,
      ...OUTCOMES.map((got) => own.filter(({ task }) => task?.outcome === got).length || "·"),
    ]);
  });
  return [cells(["said ↓ got →", ...OUTCOMES]), ...rows].join("\n");
}

function describe({ label, task }: LabelledTurn): string[] {
  const got = task?.categories;
  const sameOutcome = task !== undefined && label.outcome.includes(task.outcome);
  const sameCategory = got !== undefined && (label.category ?? [got.category])[0] === got.category;
  const sameComplexity = got !== undefined && (label.complexity ?? [got.complexity]).includes(got.complexity);
  if (sameOutcome && sameCategory && sameComplexity) return [];
  const reasons = task?.evidence.map(({ line, why }) => `${line} ${why}`).join("; ");
  return [
    "",
    `${label.session} turn ${label.turn} (line ${task?.line})`,
    `  outcome ${sameOutcome ? "" : "✗ "}${label.outcome.join("/")}, got ${task?.outcome}: ${reasons}`,
    `  category ${sameCategory ? "" : "✗ "}${label.category?.join("/")}, got ${got?.category}; complexity ${sameComplexity ? "" : "✗ "}${label.complexity?.join("/")}, got ${got?.complexity}: ${got?.from.join(" ")}`,
  ];
}
