import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

const CALENDAR = join(import.meta.dirname, "../../src/domain/calendar.ts");
const ZONES = [
  "America/Santiago",
  "Africa/Cairo",
  "Asia/Kathmandu",
  "Australia/Lord_Howe",
  "Europe/Dublin",
  "Pacific/Apia",
];

/** Compares the two ways to the offsets of a zone at moments of two centuries, in a process whose `Date` is in that zone. */
const PROGRAM = `
  const calendar = await import(${JSON.stringify(CALENDAR)});
  const moments = Array.from({ length: 4000 }, (_, index) => index * 1_577_777_777 - 2_000_000_000_000);
  const answers = (zone) => moments.map((at) => [calendar.minuteOf(at, zone), calendar.startOfDay(calendar.dayOf(at, zone), zone)]);
  for (const zone of ${JSON.stringify(ZONES)}) {
    process.env.TZ = zone;
    const byIntl = JSON.stringify(answers(zone));
    calendar.setOwnZone(zone);
    console.log(zone, JSON.stringify(answers(zone)) === byIntl, calendar.resolveTimezone(zone));
    calendar.setOwnZone("UTC");
  }`;

it("days in the machine's own zone are those of every other way to them", () => {
  const out = execFileSync(process.execPath, ["--input-type=module", "--eval", PROGRAM], {
    encoding: "utf8",
  });
  expect(out.trim().split("\n")).toEqual(ZONES.map((zone) => `${zone} true ${zone}`));
});
