import { it } from "vitest";
import { expectOrderAmong } from "./at-once.ts";

it("20 writers of one folder at the same time, 100 of them killed, leave nothing that undo cannot restore", () =>
  expectOrderAmong(20, 100, [50, 400]));
