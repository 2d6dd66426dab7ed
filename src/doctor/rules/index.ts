import type { DoctorRule } from "../examined.ts";
import { agentKeys } from "./agent-keys.ts";
import { agentNames } from "./agent-names.ts";
import { agentTools } from "./agent-tools.ts";
import { agentValues } from "./agent-values.ts";
import { allowedModels } from "./allowed-models.ts";
import { expensiveReaders } from "./expensive-readers.ts";
import { forcedModel } from "./forced-model.ts";
import { lockedEffort } from "./locked-effort.ts";
import { misspeltSettings } from "./misspelt-settings.ts";
import { modelNames } from "./model-names.ts";
import { opusplan } from "./opusplan.ts";
import { drift } from "./drift.ts";
import { promptCaching } from "./prompt-caching.ts";
import { unloadedAgents } from "./unloaded-agents.ts";
import { ignoredSettings } from "./ignored-settings.ts";
import { invalidSettings } from "./invalid-settings.ts";

/** All checks of `doctor`. */
export const RULES: readonly DoctorRule[] = [
  forcedModel,
  lockedEffort,
  invalidSettings,
  misspeltSettings,
  ignoredSettings,
  modelNames,
  opusplan,
  promptCaching,
  unloadedAgents,
  agentNames,
  agentKeys,
  agentValues,
  agentTools,
  allowedModels,
  expensiveReaders,
  drift,
];
