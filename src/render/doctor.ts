import { SEVERITIES, SYMPTOMS, type Symptom, type SymptomCode, type Severity } from "../domain/symptom.ts";
import type { DoctorReport } from "../doctor/doctor.ts";
import { plural } from "./numbers.ts";
import type { Style, Surface } from "./style.ts";
import { plainLine } from "./text.ts";
import { wrap } from "./wrap.ts";

const LOOKS = { error: "red", warning: "yellow", note: "dim" } as const satisfies Record<
  Severity,
  Parameters<Style>[0]
>;

interface DoctorOptions {
  /** Lists all files of findings that are in several. */
  verbose?: boolean | undefined;
}

/** Renders findings for people: one block each, errors first. */
export function renderDoctor(
  { checked, findings, fixed }: DoctorReport,
  { style, width }: Surface,
  { verbose = false }: DoctorOptions = {},
): string {
  const corrected = fixed.map(
    ({ path, fix }) => `${style("green", "fixed")}    ${plainLine(path ?? "")}: ${plainLine(fix ?? "")}\n`,
  );
  const blocks = findings.map((finding) => {
    const label = style(LOOKS[finding.severity], finding.severity.padEnd(8));
    const head = `${label} ${style("bold", plainLine(whereOf(finding)))} ${style("dim", finding.code)}\n`;
    const files = verbose ? (finding.files ?? []) : [];
    const places = files.map(({ path, line }) => `${INDENT}${plainLine(`${path}:${line}`)}\n`).join("");
    const fix = finding.fix ? block(finding.fix, width, (line) => style("dim", line)) : "";
    return `${head}${block(finding.message, width, (line) => line)}${fix}${places}`;
  });
  return `${corrected.join("")}${blocks.join("")}${tally(findings, checked)}\n`;
}

function whereOf({ path, line, files = [] }: Symptom): string {
  if (path === null) return "environment";
  const more = files.length > 1 ? ` and ${files.length - 1} more` : "";
  return `${path}${line ? `:${line}` : ""}${more}`;
}

function tally(findings: readonly Symptom[], { settings, agents }: DoctorReport["checked"]): string {
  const checked = `Checked ${plural(settings, "settings file")} and ${plural(agents, "agent file")}`;
  if (findings.length === 0) return `${checked}: no problems found.`;
  const repairable = findings.filter(({ repair }) => repair).length;
  const counts = SEVERITIES.map((severity) => ({
    severity,
    number: findings.filter((finding) => finding.severity === severity).length,
  }))
    .filter(({ number }) => number > 0)
    .map(({ severity, number }) => plural(number, severity));
  const grouped = findings.some(({ files }) => files) ? " --verbose lists every file." : "";
  const fix = repairable > 0 ? ` rolecall doctor --fix corrects ${repairable}.` : "";
  return `${checked}: ${counts.join(", ")}.${fix}${grouped}`;
}

const INDENT = " ".repeat(9);
const MOST_COLUMNS = 100;
const LEAST_COLUMNS = 40;

/** Renders a paragraph below the head of a finding. */
function block(text: string, width: number, look: (line: string) => string): string {
  const room = width > 0 ? Math.max(LEAST_COLUMNS, Math.min(width, MOST_COLUMNS) - INDENT.length) : Infinity;
  return wrap(plainLine(text), room)
    .map((line) => `${INDENT}${look(line)}\n`)
    .join("");
}

/** Returns the same for programs. */
export function doctorJson({ checked, findings, fixed }: DoctorReport): object {
  return {
    checked,
    findings: findings.map(findingJson),
    fixed: fixed.map(findingJson),
  };
}

function findingJson({ repair, ...finding }: Symptom): object {
  return { ...finding, fixable: repair !== undefined };
}

/** Returns the same as SARIF 2.1.0, which code hosts show next to the lines. */
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
          ...(finding.path !== null && { locations: placesOf(finding) }),
        })),
      },
    ],
  };
}

function placesOf({ path, line, files }: Symptom): object[] {
  if (files) return files.map((file) => locationOf(file.path, file.line));
  return path === null ? [] : [locationOf(path, line)];
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
