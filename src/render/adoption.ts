import type { AdoptionStep } from "../agents/adopt.ts";
import type { AdoptPlan, PricedAdoption } from "../operations/adopt.ts";
import { changesJson } from "./changes.ts";
import type { Surface } from "./style.ts";
import { type Column, renderTable } from "./table.ts";
import { plainLine } from "./text.ts";

const COLUMNS: readonly Column[] = [
  { title: "agent" },
  { title: "role" },
  { title: "model and effort" },
  { title: "list price", align: "right" },
  { title: "because", shrink: true },
];

/** Existing agents with their roles, old and new model, and what that does to the price of their tokens. */
export function renderAdoptions({ adoptions, target, userAgents }: AdoptPlan, surface: Surface): string {
  const shown = adoptions.filter(({ step }) => step === "adopt" || step === "copy");
  const table =
    shown.length === 0
      ? "No agent to bring under the policy.\n"
      : renderTable({ columns: COLUMNS, rows: shown.map(rowOf) }, surface);
  const elsewhere = userAgents > 0 ? `${userAgents} on the user level: rolecall adopt --user\n` : "";
  return `${table}${renderRest(adoptions, target.level)}${elsewhere}`;
}

function rowOf(adoption: PricedAdoption): string[] {
  const { name, role = "", why, from, to, priceChangePercent, step } = adoption;
  const [old, next] = [routing(from.model ?? "inherits", from.effort), routing(to?.model ?? "", to?.effort)];
  return [
    plainLine(step === "copy" ? `${name} (copy)` : name),
    plainLine(role),
    plainLine(old === next ? next : `${old} → ${next}`),
    priceChangePercent === undefined ? "—" : formatChange(priceChangePercent),
    plainLine(why),
  ];
}

function routing(model: string, effort: string | undefined): string {
  return effort === undefined ? model : `${model}, ${effort}`;
}

function formatChange(percent: number): string {
  const size = Math.abs(percent).toFixed(1).replace(/\.0$/, "");
  return size === "0" ? "same" : `${percent > 0 ? "+" : "−"}${size} %`;
}

/** What is not in the table, one line for each reason. */
function renderRest(adoptions: readonly PricedAdoption[], level: string): string {
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
      `${unclear.length} without a clear role, left alone: ${names(unclear)} (rolecall adopt NAME --role ROLE)`,
    );
  for (const { path, why } of of("not-an-agent")) lines.push(`${plainLine(path)}: ${plainLine(why)}`);
  return lines.map((line) => `${line}\n`).join("");
}

function names(adoptions: readonly PricedAdoption[]): string {
  const shown = adoptions.slice(0, 5).map(({ name }) => plainLine(name));
  return shown.join(", ") + (adoptions.length > 5 ? ` and ${adoptions.length - 5} more` : "");
}

/** An adoption for programs. */
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
