import { type Fields, fieldsOf, isFields, numberOf, optionalText, textOf } from "../transcripts/fields.ts";

/** The used fields of a status line command's stdin, as Claude Code writes it. Every field may be missing. */
export interface StatusInput {
  session: string;
  folders: readonly (string | undefined)[];
  model: { id: string; name: string };
  effort: string | undefined;
  /** Dollars of this session so far, and how long it has lasted in ms. */
  costUsd: number | undefined;
  durationMs: number;
  /** Tokens in the context, and the share of the window in percent; undefined before the first reply. */
  context: { tokens: number; percent: number } | undefined;
  isLong: boolean;
  cache: StatusCache | undefined;
  limits: readonly StatusLimit[];
}

/** State of the prompt cache. */
export interface StatusCache {
  warm: boolean;
  /** Time at which the cache expires, in ms since the epoch. */
  expiresAt: number | undefined;
  /** Tokens to write again once it is cold. */
  tokens: number | undefined;
}

/** A limit of a subscription. */
export interface StatusLimit {
  name: "5h" | "week";
  percent: number;
  /** In ms since the epoch. */
  resetsAt: number | undefined;
}

/** Reads the stdin of a status line command; undefined if it is not a JSON object. */
export function readStatusInput(text: string): StatusInput | undefined {
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch {
    return undefined; // the line says less
  }
  if (!isFields(fields)) return undefined;
  const [model, cost, workspace] = ["model", "cost", "workspace"].map((key) => fieldsOf(fields[key])) as [
    Fields,
    Fields,
    Fields,
  ];
  const id = textOf(model["id"]);
  const context = contextIn(fieldsOf(fields["context_window"]));
  return {
    session: textOf(fields["session_id"]),
    folders: [optionalText(workspace["project_dir"]), optionalText(fields["cwd"])],
    model: { id, name: optionalText(model["display_name"]) ?? id },
    effort: optionalText(fieldsOf(fields["effort"])["level"]),
    costUsd: positive(cost["total_cost_usd"]),
    durationMs: positive(cost["total_duration_ms"]) ?? 0,
    context,
    // The flag is false after an error of the API.
    isLong: fields["exceeds_200k_tokens"] === true || (context?.tokens ?? 0) > LONG,
    cache: cacheIn(fields["prompt_cache"]),
    limits: limitsIn(fieldsOf(fields["rate_limits"])),
  };
}

const LONG = 200_000;

function positive(value: unknown): number | undefined {
  const number = numberOf(value);
  return number === undefined || number < 0 ? undefined : number;
}

function contextIn(fields: Fields): StatusInput["context"] {
  const [tokens, percent] = [positive(fields["total_input_tokens"]), positive(fields["used_percentage"])];
  return tokens === undefined || percent === undefined ? undefined : { tokens, percent };
}

function cacheIn(value: unknown): StatusCache | undefined {
  if (!isFields(value) || typeof value["warm"] !== "boolean") return undefined;
  return {
    warm: value["warm"],
    expiresAt: inMs(value["expires_at"]),
    tokens: positive(value["recache_tokens_if_cold"]),
  };
}

function limitsIn(fields: Fields): StatusLimit[] {
  const names = [
    ["5h", "five_hour"],
    ["week", "seven_day"],
  ] as const;
  return names.flatMap(([name, key]) => {
    const limit = fieldsOf(fields[key]);
    const percent = positive(limit["used_percentage"]);
    return percent === undefined ? [] : [{ name, percent, resetsAt: inMs(limit["resets_at"]) }];
  });
}

function inMs(seconds: unknown): number | undefined {
  const number = positive(seconds);
  return number === undefined ? undefined : number * 1000;
}
