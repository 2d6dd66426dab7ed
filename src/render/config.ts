import type { ConfigReport, ConfigValue } from "../operations/config.ts";
import type { Surface } from "./style.ts";
import { renderTable } from "./table.ts";
import { plainLine } from "./text.ts";

/** The table of `rolecall config`. */
export function renderConfig({ file, exists, values }: ConfigReport, surface: Surface): string {
  const columns = [
    { title: "Key" },
    { title: "Value", shrink: true },
    { title: "From" },
    { title: "Meaning", drop: 1 },
  ];
  const rows = values.map((value) => [
    value.key,
    plainLine(textOf(value.value)),
    originOf(value),
    value.description,
  ]);
  const hint = exists ? "" : " (does not exist yet)";
  return `${plainLine(file)}${hint}\n${renderTable({ columns, rows }, surface)}`;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (Array.isArray(value)) return value.join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

function originOf({ from, line, variable }: ConfigValue): string {
  if (from === "file") return `line ${line}`;
  return from === "environment" ? `variable ${variable}` : "default";
}

/** The fields of the JSON answer (docs/json.md). */
export function configJson({ file, exists, values }: ConfigReport): object {
  return { file, exists, values };
}
