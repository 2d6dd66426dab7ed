import { SYMPTOMS, type Symptom, type SymptomCode, type Severity } from "../domain/symptom.ts";
import type { DoctorReport } from "../doctor/doctor.ts";
import type { Style, Surface } from "./style.ts";
import { plainLine } from "./text.ts";

const LOOKS = { error: "red", warning: "yellow", note: "dim" } as const satisfies Record<
  Severity,
  Parameters<Style>[0]
>;

/** Findings as people read them: one block each, errors first. */
export function renderDoctor({ findings, fixed }: DoctorReport, { style, width }: Surface): string {
  const corrected = fixed.map(
    ({ path, fix }) => `${style("green", "fixed")}    ${plainLine(path ?? "")}: ${plainLine(fix ?? "")}\n`,
  );
  const blocks = findings.map((finding) => {
    const where = finding.path ? `${finding.path}${finding.line ? `:${finding.line}` : ""}` : "environment";
    const label = style(LOOKS[finding.severity], finding.severity.padEnd(8));
    const said = wrap(finding.message, width, style, undefined);
    const fix = finding.fix ? wrap(finding.fix, width, style, "dim") : "";
    return `${label} ${style("bold", plainLine(where))} ${style("dim", finding.code)}\n${said}${fix}`;
  });
  return `${corrected.join("")}${blocks.join("")}${tally(findings)}\n`;
}

function tally(findings: readonly Symptom[]): string {
  if (findings.length === 0) return "Nothing stands in the way of the policy.";
  const repairable = findings.filter(({ repair }) => repair).length;
  const counts = (["error", "warning", "note"] as const)
    .map(
      (severity) => [findings.filter((finding) => finding.severity === severity).length, severity] as const,
    )
    .filter(([count]) => count > 0)
    .map(([count, severity]) => `${count} ${severity}${count === 1 ? "" : "s"}`);
  return `${counts.join(", ")}${repairable > 0 ? `; rolecall doctor --fix corrects ${repairable}` : ""}.`;
}

const INDENT = 9;

function wrap(text: string, width: number, style: Style, look: Parameters<Style>[0] | undefined): string {
  const room = width > 0 ? Math.max(40, Math.min(width, 100) - INDENT) : Infinity;
  const lines: string[] = [];
  let line = "";
  for (const word of plainLine(text).split(" ")) {
    if (line && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  return [...lines, line]
    .map((words) => `${" ".repeat(INDENT)}${look ? style(look, words) : words}\n`)
    .join("");
}

/** The same for programs. */
export function doctorJson({ findings, fixed }: DoctorReport): object {
  return {
    findings: findings.map(findingJson),
    fixed: fixed.map(findingJson),
  };
}

function findingJson({ repair, ...finding }: Symptom): object {
  return { ...finding, fixable: repair !== undefined };
}

/** The same as SARIF 2.1.0, which code hosts show beside the lines. */
export function doctorSarif({ findings }: DoctorReport, version: string): object {
  const codes = Object.keys(SYMPTOMS) as SymptomCode[];
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "rolecall",
            version,
            rules: codes.map((id) => ({ id, shortDescription: { text: SYMPTOMS[id] } })),
          },
        },
        results: findings.map((finding) => ({
          ruleId: finding.code,
          ruleIndex: codes.indexOf(finding.code),
          level: finding.severity,
          message: { text: [finding.message, finding.fix].filter(Boolean).join(" ") },
          ...(finding.path !== null && { locations: [locationOf(finding.path, finding.line)] }),
        })),
      },
    ],
  };
}

function locationOf(path: string, line: number | null): object {
  const inside = !path.startsWith("/");
  const uri = path.replaceAll("\\", "/").split("/").map(encodeURIComponent).join("/");
  return {
    physicalLocation: {
      artifactLocation: inside ? { uri, uriBaseId: "%SRCROOT%" } : { uri: `file://${uri}` },
      ...(line !== null && { region: { startLine: line } }),
    },
  };
}
