import { type Preset, PRESETS } from "../domain/policy.ts";
import { UsageError } from "../errors.ts";
import type { InitAnswers, InitFindings } from "../operations/init.ts";
import { askWord } from "./confirm.ts";
import type { Io } from "./io.ts";

/** At most three questions; with the one before writing, four. */
export async function askInit(findings: InitFindings, io: Io, known: Known): Promise<InitAnswers> {
  const { policyExists, testCommand = "", adoptable } = findings;
  const ask = (question: string, byDefault: string) => askWord(question, byDefault, io);
  const asksPreset = !known.preset && !policyExists;
  const preset = asksPreset ? await ask(`Preset (${PRESETS.join(", ")})`, findings.preset) : undefined;
  const verify = policyExists || known.user ? "" : await ask("Command that runs the tests", testCommand);
  const count = `${adoptable.length} existing ${adoptable.length === 1 ? "agent" : "agents"}`;
  const adopt = adoptable.length > 0 && (await ask(`Bring ${count} under the policy (y, n)`, "y"));
  return {
    preset: parsePreset(preset ?? known.preset ?? findings.preset),
    verify,
    adopt: adopt !== false && !/^n/i.test(adopt),
  };
}

interface Known {
  preset?: Preset | undefined;
  user?: boolean | undefined;
}

function parsePreset(word: string): Preset {
  const meant = PRESETS.filter((preset) => preset.startsWith(word.toLowerCase()));
  if (meant.length === 1 && meant[0]) return meant[0];
  throw new UsageError(`there is no preset ${word}`, { hint: `Presets: ${PRESETS.join(", ")}.` });
}
