import { it } from "vitest";
import { expectCreatedOnce, expectRebuiltOnce } from "./history.ts";

it("a damaged store is rebuilt once by eight processes that come at the same time", () =>
  expectRebuiltOnce(8));

it("a store is made by one of eight processes and right for all of them", () => expectCreatedOnce(8));
