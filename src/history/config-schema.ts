import { WEEKDAYS } from "../domain/calendar.ts";
import type { Schema } from "../policy/schema.ts";

export const COLORS = ["auto", "always", "never"] as const;

/** Schema of config.yaml; schema/config.schema.json is generated from it. */
export const CONFIG_SCHEMA = {
  description: "config.yaml: what all commands of rolecall use unless an option says otherwise.",
  type: "object",
  additionalProperties: false,
  properties: {
    period: {
      description: "Days that reports cover, today counted in, or all.",
      anyOf: [{ enum: ["all"] }, { type: "integer", minimum: 1, maximum: 99_999 }],
    },
    timezone: {
      description: "Time zone of the days, such as Europe/Berlin.",
      type: "string",
      minLength: 1,
      maxLength: 100,
    },
    weekStart: { description: "First day of a week.", enum: WEEKDAYS },
    currency: {
      description: "Currency of the amounts in tables. JSON and CSV stay in dollars.",
      type: "object",
      additionalProperties: false,
      properties: {
        code: {
          description: "Code of the currency, such as EUR.",
          type: "string",
          pattern: "^[A-Z]{3}$",
          examples: ["EUR"],
        },
        perDollar: {
          description: "Price of a dollar in that currency. rolecall looks up no rate.",
          type: "number",
          minimum: 0.000_001,
          maximum: 1_000_000_000,
        },
      },
    },
    plan: {
      description: "The limits of a subscription, for rolecall limits.",
      type: "object",
      additionalProperties: false,
      properties: {
        name: {
          description: "Name of the plan, as tables show it.",
          type: "string",
          minLength: 1,
          maxLength: 60,
        },
        fiveHours: limit("a five-hour window"),
        week: limit("a week"),
        weekReset: {
          description:
            "When the week of the plan begins, in the time zone of the days, such as tuesday 09:00.",
          type: "string",
          examples: ["tuesday 09:00"],
          pattern: `^(${WEEKDAYS.join("|")}) ([01][0-9]|2[0-3]):(00|15|30|45)$`,
        },
      },
    },
    accounts: {
      description: "Names of accounts, each with its configuration folder of Claude Code.",
      type: "object",
      additionalProperties: { type: "string", minLength: 1, maxLength: 4096 },
    },
    titles: {
      description: "Whether the store may keep the titles of sessions, which can hold words of prompts.",
      type: "boolean",
    },
    statusline: {
      description: "Template of the status line, with parts in braces, such as {model} | {today}.",
      type: "string",
      maxLength: 1000,
    },
    color: { description: "Colors: auto means on terminals only.", enum: COLORS },
    columns: {
      description: "Columns of a command's table, by the name of the command.",
      type: "object",
      propertyNames: {
        pattern: "^(?:spend|sessions?|limits|blocks)$",
        description: "spend, session or limits",
      },
      additionalProperties: {
        type: "array",
        items: { type: "string", minLength: 1, maxLength: 60 },
        maxItems: 40,
      },
    },
  },
} as const satisfies Schema;

function limit(of: string) {
  return {
    description: `What the plan allows in ${of}, in API-equivalent dollars. max: the highest amount of a finished one.`,
    anyOf: [{ enum: ["max"] }, { type: "number", minimum: 0.01, maximum: 1_000_000 }],
  } as const;
}
