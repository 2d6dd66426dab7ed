import type { AdviceKey, AdviceValue } from "../domain/decision.ts";
import type { AdvicePlan } from "../operations/apply-advice.ts";
import { titleOf } from "./advice-words.ts";
import type { Surface } from "./style.ts";
import { plainLine } from "./text.ts";
import { proseWidth, wrap } from "./wrap.ts";

const LOCK = "rolecall.lock.json";
const MOST = 60;

/** Renders what applying or reverting advice changes: every key of every file, with its value before and after. */
export function renderAdvicePlan(
  plans: readonly AdvicePlan[],
  verb: "apply" | "revert",
  surface: Surface,
): string {
  const { style } = surface;
  const room = proseWidth(surface);
  const blocks = plans.map(({ recommendation, changes, keys, notes }) => {
    const lines = changes.flatMap(({ path, before, after }) => {
      const how = before ? (after ? "" : " (removed)") : " (new)";
      const own = path.endsWith(LOCK) ? [] : keys.filter((key) => key.path === path);
      return [`  ${plainLine(path)}${how}`, ...own.map((key) => `    ${formatKey(key)}`)];
    });
    const idle = changes.length === 0 ? ["  Files already have these values."] : [];
    const remarks = notes.flatMap((note) =>
      wrap(plainLine(note), room - 2).map((line) => style("dim", `  ${line}`)),
    );
    const title = `${verb === "apply" ? "Apply" : "Revert"} ${titleOf(recommendation)}`;
    return [...wrap(title, room).map((line) => style("bold", line)), ...lines, ...idle, ...remarks].join(
      "\n",
    );
  });
  return `${blocks.join("\n\n")}\n`;
}

function formatKey({ key, before, after }: AdviceKey): string {
  return plainLine(`${key.join(".")}: ${shown(before)} → ${shown(after)}`);
}

function shown(value: AdviceValue): string {
  if (value === null) return "none";
  const text = typeof value === "string" ? value.trim().replaceAll(/\s+/g, " ") : JSON.stringify(value);
  return text.length > MOST ? `${text.slice(0, MOST)}…` : text;
}

/** Returns the same for programs. */
export function advicePlanJson(plans: readonly AdvicePlan[]): object {
  return {
    plans: plans.map(({ recommendation, target, keys, notes }) => ({
      id: recommendation.id,
      root: target.root,
      keys: keys.filter(({ path }) => !path.endsWith(LOCK)),
      notes,
    })),
  };
}
