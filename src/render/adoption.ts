import type { AdoptionStep } from "../agents/adopt.ts";
import type { AdoptPlan, PricedAdoption } from "../operations/adopt.ts";
import type { CalledAgent } from "../operations/repository-history.ts";
import { changesJson } from "./changes.ts";
import { formatUsd } from "./numbers.ts";
import type { Surface } from "./style.ts";
import { visibleWidth } from "./table.ts";
import { firstOf, plainLine } from "./text.ts";
import { wrap } from "./wrap.ts";

/** Returns the agents that can be adopted or left, in the order of their numbers on the screen. */
export function numberedAdoptions({ adoptions }: Pick<AdoptPlan, "adoptions">): PricedAdoption[] {
  return adoptions.filter(({ step }) => step === "adopt" || step === "leave");
}

interface AdoptionOptions {
  /** Runs of agents in the transcripts, by name. */
  called?: ReadonlyMap<string, CalledAgent>;
}

/**
 * Renders existing agents with a checkbox, the old and the new model, the change in price, and the full reason below each.
 */
export function renderAdoptions(plan: AdoptPlan, surface: Surface, { called }: AdoptionOptions = {}): string {
  const { adoptions, target, userAgents } = plan;
  const numbered = numberedAdoptions(plan);
  const copies = adoptions.filter(({ step }) => step === "copy");
  const rows = [...numbered, ...copies].map((adoption, index) => cellsOf(adoption, index));
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((cells) => visibleWidth(cells[column] ?? ""))),
  );
  const lines = [...numbered, ...copies].map((adoption, index) => {
    const cells = (rows[index] ?? []).map(
      (cell, column) => cell + " ".repeat((widths[column] ?? 0) - visibleWidth(cell)),
    );
    return `${cells.join("  ").trimEnd()}\n${reasonsOf(adoption, called, surface)}`;
  });
  const list = lines.length === 0 ? "No agent to bring under the policy.\n" : lines.join("");
  const elsewhere = userAgents > 0 ? `${userAgents} on the user level: rolecall adopt --user\n` : "";
  return `${list}${renderRest(adoptions, target)}${elsewhere}`;
}

function cellsOf(adoption: PricedAdoption, index: number): string[] {
  const { name, role = "", from, to, priceChangePercent, step } = adoption;
  const [old, next] = [routing(from.model ?? "inherits", from.effort), routing(to?.model ?? "", to?.effort)];
  const box = step === "adopt" ? "[x]" : step === "leave" ? "[ ]" : "copy";
  return [
    step === "copy" ? "" : `${index + 1}`,
    box,
    plainLine(name),
    plainLine(role),
    plainLine(old === next ? next : `${old} → ${next}`),
    formatChange(priceChangePercent),
  ];
}

const INDENT = " ".repeat(6);

function reasonsOf(
  { name, why, whyLeft }: PricedAdoption,
  called: AdoptionOptions["called"],
  { width, style }: Surface,
): string {
  const used = called && describeUse(called.get(name));
  const reasons = [whyLeft === undefined ? why : `${why}; left as it is: ${whyLeft}`, used].filter(Boolean);
  return wrap(plainLine(reasons.join("; ")), width > 0 ? Math.max(40, width - INDENT.length) : Infinity)
    .map((line) => `${INDENT}${style("dim", line)}\n`)
    .join("");
}

function describeUse(agent: CalledAgent | undefined): string {
  if (!agent) return "never called here";
  const { runs, costNano, successRate } = agent;
  const success = successRate === null ? "" : `, ${Math.round(successRate * 100)}% accepted`;
  return `${runs} ${runs === 1 ? "run" : "runs"} here, ${formatUsd(costNano)}${success}`;
}

function routing(model: string, effort: string | undefined): string {
  return effort === undefined ? model : `${model}, ${effort}`;
}

function formatChange(percent: number | undefined): string {
  if (percent === undefined) return "no price";
  const size = Math.abs(percent).toFixed(1).replace(/\.0$/, "");
  return size === "0" ? "same price" : `${percent > 0 ? "+" : "-"}${size}%`;
}

/** Renders the agents that are not in the list, one line for each reason. */
function renderRest(adoptions: readonly PricedAdoption[], { level, root }: AdoptPlan["target"]): string {
  const of = (step: AdoptionStep) => adoptions.filter((adoption) => adoption.step === step);
  const already = of("already").length;
  const lines = already > 0 ? [`${already} already under the policy`] : [];
  const offered = of("offer-copy");
  if (offered.length > 0)
    lines.push(
      `${offered.length} of plugins, whose files are not yours to edit: --plugins makes copies on the ${level} level, called ${names(offered)}`,
    );
  const unclear = of("no-role");
  if (unclear.length > 0)
    lines.push(
      `${unclear.length} without a clear role, left unchanged: ${names(unclear)} (rolecall adopt NAME --role ROLE)`,
    );
  for (const { path, why } of of("not-an-agent"))
    lines.push(`${plainLine(path.replace(`${root}/`, ""))}: ${plainLine(why)}`);
  return lines.map((line) => `${line}\n`).join("");
}

function names(adoptions: readonly PricedAdoption[]): string {
  return firstOf(
    adoptions.map(({ name }) => plainLine(name)),
    5,
  );
}

/** Returns an adoption for programs. */
export function adoptionJson({ adoptions, changes, skipped, target, userAgents }: AdoptPlan): object {
  return {
    root: target.root,
    level: target.level,
    adoptions: adoptions.map(({ name, priceChangePercent, ...rest }) => ({
      agent: name,
      ...rest,
      priceChangePercent: priceChangePercent === undefined ? null : Math.round(priceChangePercent * 10) / 10,
    })),
    userAgents,
    changes: changesJson(changes),
    skipped,
  };
}
