// The types that functions on policies, plans and agents mention. Names that a program may use itself say whose they are.
export type { Adoption, AdoptionStep, Choices as AdoptChoices } from "../agents/adopt.ts";
export type {
  Action as ChangeAction,
  Conflict as ChangeConflict,
  PlannedChange,
  Routing as ChangeRouting,
  Target as PlanTarget,
} from "../agents/change.ts";
export type { AgentLevel, SkippedFile } from "../agents/discover.ts";
export type { Json as JsonValue } from "../agents/edit-json.ts";
export type { AgentPlace } from "../agents/locate.ts";
export type { CascadeRequest } from "../cascade/cascade.ts";
export type { PlacesRequest } from "../client/places.ts";
export type { SetupRequest } from "../client/setup.ts";
export type {
  AgentCall,
  DecisionSource,
  Effective as EffectiveModel,
  Session as ExplainedSession,
  SourceName,
} from "../client/types.ts";
export type {
  CacheLifetime,
  HookRules,
  ModelSettings,
  Preset as PolicyPreset,
  Reason as AssignmentReason,
} from "../domain/policy.ts";
export type {
  Repair as SymptomRepair,
  Severity as SymptomSeverity,
  SymptomPlace,
} from "../domain/symptom.ts";
export type { ModelEntry, Rates as ModelRates, Tokenizer as ModelTokenizer } from "../models/entry.ts";
export type { ModelTable, Spelling as ModelSpelling } from "../models/resolve.ts";
export type { PricedAdoption } from "../operations/adopt.ts";
export type { UndoPlan } from "../operations/undo.ts";
export type { PolicyEdit } from "../policy/edit.ts";
export type { PolicyPlaces } from "../policy/places.ts";
export type { WrittenMain, WrittenPolicy, WrittenRole } from "../policy/written.ts";
