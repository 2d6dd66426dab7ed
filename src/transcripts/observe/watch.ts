import { WATCHED, WATCHED_WIDTH, type WatchedLines } from "../../domain/watched-lines.ts";
import { joined } from "../pieces.ts";
import { toolAt } from "../teach.ts";
import { awaitCall, note, STATE, state } from "../walker.ts";

/** Where a line is. */
export interface Place {
  line: number;
  /** Bytes. */
  offset: number;
  length: number;
}

/**
 * What the decoder hands to the outcomes' side of the reading. Either it is looked at now (watch-now.ts), parsed, or only the places
 * are noted: a first reading of gigabytes for the sake of a sum need not wait for it.
 */
export interface Watch {
  /** A parsed entry; `calls` are the tool calls in it, whose results will matter. */
  entry(entry: object, place: Place, calls: readonly string[]): void;
  /** A call of a tool that only counts. */
  light(at: number, name: string): void;
  /** Takes over places out of the walker's table. */
  keep(noted: Float64Array): void;
  take(): { events: string; observer: string; watched?: WatchedLines };
}

/**
 * Notes where the lines are, of a file that begins now. `blind`: earlier lines of it wait as well, so that any result may be one
 * that matters.
 */
export function watchLater(blind: boolean): Watch {
  state[STATE.later] = blind ? 2 : 1;
  const kept: Float64Array[] = [];
  return {
    entry(_entry, { offset, length }, calls) {
      for (const id of calls) awaitCall(id);
      note(WATCHED.entry, offset, length);
    },
    light: () => {},
    keep: (noted) => void kept.push(noted),
    take() {
      const rows = joined(kept);
      return { events: "[]", observer: "", watched: { rows, tools: nameTools(rows) } };
    },
  };
}

/** Points the calls in `rows` to a list of their own tools, and returns that. */
function nameTools(rows: Float64Array): string[] {
  const places = new Map<number, number>();
  for (let start = 0; start < rows.length; start += WATCHED_WIDTH) {
    if (rows[start] !== WATCHED.light) continue;
    const tool = rows[start + WATCHED_WIDTH - 1] as number;
    const place = places.get(tool) ?? places.size;
    places.set(tool, place);
    rows[start + WATCHED_WIDTH - 1] = place;
  }
  return [...places.keys()].map(toolAt);
}
