import { describe, expect, it } from "vitest";
import { isForeign } from "../../../src/transcripts/observe/language.ts";
import { readSignals } from "../../../src/transcripts/observe/prompt-signals.ts";

describe("the language of a prompt", () => {
  it.each([
    "Bitte füge einen Test für den Export hinzu und starte danach den Server neu",
    "Por favor, agrega una prueba para la exportación de pedidos y luego reinicia",
    "corrige le bug dans l'export des commandes, ça ne marche toujours pas",
    "Voeg alsjeblieft een test toe voor de export van de bestellingen",
    "修复订单导出的错误",
    "почини экспорт заказов в `src/export.ts`",
  ])("is not English: %s", (prompt) => {
    expect(isForeign(prompt)).toBe(true);
    expect(readSignals(prompt)).toEqual(["foreign"]);
  });

  it.each([
    "Fix the export of orders, it fails when the list is empty",
    "da",
    "yes",
    "npm run test:unit",
    "Say “Grüße” in the header and keep the rest as it is",
    "look at /home/dev/Projekte/Bestellungen/src/Übersicht/Liste.ts and tell me what it does",
    "```\nÜbersetze alle Meldungen und speichere sie in der neuen Datei für den Export\n```",
  ])("is English, or too little to tell: %s", (prompt) => expect(isForeign(prompt)).toBe(false));
});
