import type { Cause, CostCauses } from "../domain/cost-causes.ts";
import type { Leaf } from "../domain/ledger.ts";
import { sum } from "../domain/numbers.ts";
import type { SimulatedAdvice, Patch, Range } from "../domain/simulation.ts";
import { formatInteger, formatRoundUsd, formatShare, formatUsd, formatUsdRange } from "./numbers.ts";
import type { Surface } from "./style.ts";
import { renderTable } from "./table.ts";
import { threadName } from "./task-name.ts";
import { wrapWide } from "./wrap.ts";
import {
  adviceTitle,
  EVIDENCE_LABELS,
  LEAF_LABELS,
  measuredValue,
  occasionWords,
  patchLine,
  patchPlace,
} from "./why-words.ts";

/** The findings of simulations that the renderer needs. */
interface Simulated {
  advice: readonly SimulatedAdvice[];
  unchanged: number;
  unchangedThen: number;
}

const MOST_SHOWN = 5;

/** The list of changes, the largest saving first; each counts only what the others above it in risk leave. */
export function renderChanges(simulation: Simulated, causes: CostCauses, surface: Surface): string {
  const { advice, unchanged, unchangedThen } = simulation;
  const { same = "" } = surface;
  if (advice.length === 0) return nothingQualifies(causes);
  const shown = advice.toSorted((a, b) => b.saves.mid - a.saves.mid).slice(0, MOST_SHOWN);
  const table = renderTable(
    {
      columns: [
        { title: "" },
        { title: "What to change" },
        { title: "Saves", align: "right" },
        { title: "Range", align: "right", drop: 2 },
        { title: "Then", align: "right", drop: 4 },
        { title: "Times", align: "right", drop: 5 },
        { title: "Risk", drop: 3 },
        { title: "Where", drop: 1 },
      ],
      rows: shown.map((one, index) => [
        String(index + 1),
        adviceTitle(one),
        formatRoundUsd(one.saves.mid),
        formatUsdRange(one.saves.low, one.saves.high, formatRoundUsd),
        formatRoundUsd(one.savedThen.mid),
        formatInteger(one.occasions),
        one.isTrial ? `${one.risk}, trial` : one.risk,
        [...new Set(one.patch.map(patchPlace))].join(", "),
      ]),
    },
    surface,
  );
  const share = formatShare(sum(shown.map(({ saves }) => saves.mid)) / unchanged, 0);
  const lines = [
    `Savings are for the period, at today's prices of the models in use: the same tokens cost ${formatRoundUsd(unchanged)} today and ${formatRoundUsd(unchangedThen)} then. Together they save ${share} of today's cost.`,
    "Each line counts only what the safer changes leave, so the lines add up.",
    `Places and exact patch: rolecall why --change KIND${same}, with KIND one of ${shown.map(({ kind }) => kind).join(", ")}.`,
    `rolecall recommend${same} also advises on models, and applies what you choose.`,
  ];
  return `${table}${surface.style("dim", lines.join("\n"))}`;
}

/** The largest cause, and why no advice follows from it. */
export function nothingQualifies({ causes, losses }: CostCauses): string {
  const [largest] = causes
    .filter(
      ({ parent }) =>
        parent !== null && !causes.some((other) => other.parent === parent && other.id === parent),
    )
    .filter(({ id }) => Object.hasOwn(LEAF_LABELS, id))
    .toSorted((a, b) => b.nano - a.nano);
  if (!largest) return "No change saves a dollar and 1% a month.";
  return `No change saves a dollar and 1% a month. The largest cause is ${LEAF_LABELS[largest.id as Leaf]}: ${formatUsd(largest.nano)} (${formatShare(largest.share, 0)}). ${whyNot(largest, causes, losses.count)}`;
}

function whyNot({ id }: Cause, causes: readonly Cause[], losses: CostCauses["losses"]["count"]): string {
  if (id === "rewrite.no-pause") {
    const unexplained = causes.find((cause) => cause.id === "rewrite.no-pause.unexplained")?.requests ?? 0;
    return `${formatInteger(unexplained)} of ${formatInteger(losses["no-pause"] ?? 0)} losses without a pause have no sign.`;
  }
  if (id === "reread.base")
    return "The first prompt is not much longer than the system prompt and the tools.";
  if (id.startsWith("reread."))
    return "Contexts are short enough: to cut them earlier costs as much as it saves.";
  if (id.startsWith("rewrite.")) return "Too few caches are lost for a habit to pay off.";
  if (id.startsWith("new.")) return "New content is paid for once, and that is what the work is made of.";
  return "Output is what the work is made of.";
}

/** One change with its numbers, two places, the exact patch and what to look at afterwards: `why --change`. */
export function renderChange(advice: SimulatedAdvice, { style, width }: Surface): string {
  const { evidence, places, patch, verify, saves, savedThen, risk, isTrial } = advice;
  const lines = [
    style("bold", adviceTitle(advice)),
    `  Saves ${rangeOf(saves)} of such a period at today's prices, ${rangeOf(savedThen)} at the prices of then`,
    `  Risk: ${risk}${isTrial ? ": a trial that ends by itself" : ""} · ${occasionWords(advice)}`,
    `  ${Object.entries(evidence)
      .map(([name, value]) => `${EVIDENCE_LABELS[name] ?? name} ${evidenceValue(name, value)}`)
      .join(" · ")}`,
    "",
    "  To follow it:",
    ...patch.flatMap((one) => patchLines(one).map((line) => `    ${line}`)),
    "",
    `  Afterwards look at: ${verify.name}, today ${measuredValue(verify.name, verify.value)}`,
    ...places.map((place) => style("dim", `  see ${threadName(place)}, line ${place.line}`)),
  ];
  return `${wrapWide(lines.filter((line, index) => line.trim() !== "" || index > 3).join("\n"), width)}\n`;
}

function patchLines(patch: Patch): string[] {
  if (patch.type === "settings")
    return [
      `${patch.scope === "user" ? "~/.claude/settings.json" : ".claude/settings.local.json"}: ${spacedJson(patch.values)}`,
    ];
  return [patchLine(patch)];
}

/** JSON on one line with a space behind each colon and comma, so that it can be wrapped. */
function spacedJson(value: unknown): string {
  return JSON.stringify(value, null, 1).replaceAll(/\n\s*/g, " ");
}

function rangeOf({ low, mid, high }: Range): string {
  return `${formatUsd(mid)} (${formatUsdRange(low, high, formatUsd)})`;
}

function evidenceValue(name: string, value: number): string {
  if (/Usd$|dollars/.test(name))
    return name.startsWith("share") ? formatShare(value) : formatUsd(value * 1e9);
  if (/[Ss]hare/.test(name)) return formatShare(value);
  return Number.isInteger(value) ? formatInteger(value) : value.toFixed(1);
}
