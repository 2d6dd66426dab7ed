import { type Symptom, SEVERITIES } from "../domain/symptom.ts";
import type { SetupRequest } from "../client/setup.ts";
import { examine } from "./examine.ts";
import type { Examined } from "./examined.ts";
import { applyRepairs } from "./repair.ts";
import { RULES } from "./rules/index.ts";

/** The findings of the doctor. */
export interface DoctorReport {
  /** Paths in findings are relative to it if they are below it. */
  root: string;
  /** Number of files of each kind that were read. */
  checked: { settings: number; agents: number };
  /** Remaining findings: errors first, then by file and line. */
  findings: readonly Symptom[];
  /** Findings that `fix` corrected. */
  fixed: readonly Symptom[];
}

/**
 * Finds everything that defeats the policy or that Claude Code silently ignores. With `fix`, makes the corrections that are safe.
 *
 * @example
 * ```ts
 * import { runDoctor } from "rolecall";
 *
 * const { findings } = await runDoctor({ cwd: process.cwd(), env: process.env }, Date.now());
 * console.log(findings.map(({ severity, code, message }) => `${severity} ${code}: ${message}`));
 * ```
 */
export async function runDoctor(
  request: SetupRequest & { fix?: boolean | undefined },
  now: number,
): Promise<DoctorReport> {
  const { setup, findings } = await diagnose(request, now);
  const fixed = request.fix ? applyRepairs(findings, [setup.root, setup.configDir]) : [];
  const left = fixed.length > 0 ? (await diagnose(request, now)).findings : findings;
  const shown = (list: readonly Symptom[]) =>
    list.map((finding) => shorten(finding, setup.root)).sort(byWeight);
  return {
    root: setup.root,
    checked: { settings: setup.settings.length, agents: setup.agents.length },
    findings: shown(left),
    fixed: shown(fixed),
  };
}

/** Returns whether a finding makes Claude Code differ from what its files seem to say. */
export function hasErrors({ findings }: DoctorReport): boolean {
  return findings.some(({ severity }) => severity === "error");
}

async function diagnose(
  request: SetupRequest,
  now: number,
): Promise<{ setup: Examined["setup"]; findings: Symptom[] }> {
  const examined = await examine(request, now);
  return { setup: examined.setup, findings: RULES.flatMap((rule) => rule(examined)) };
}

function byWeight(a: Symptom, b: Symptom): number {
  const severity = SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity);
  const [one, other] = [a.path ?? "", b.path ?? ""];
  return severity || (one < other ? -1 : one > other ? 1 : (a.line ?? 0) - (b.line ?? 0));
}

function shorten(finding: Symptom, root: string): Symptom {
  const short = (text: string) => text.replaceAll(`${root}/`, "");
  const { path, message, files } = finding;
  return {
    ...finding,
    path: path && short(path),
    message: short(message),
    ...(files && { files: files.map((file) => ({ ...file, path: short(file.path) })) }),
  };
}
