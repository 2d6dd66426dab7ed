import { createBreaker } from "../../src/executor/breaker.ts";
import { openBreakers } from "../../src/store/breakers.ts";
import { openStore } from "../../src/store/open.ts";

// A process of its own that asks an open breaker whether it may send the probe, as soon as it is told to.
const [file = "", key = "", at = "0"] = process.argv.slice(2);
const breaker = createBreaker(openBreakers(openStore(file)));
process.once("message", () => {
  process.send?.("report" in breaker.enter(key, Number(at)) ? "probe" : "wait", () => process.exit());
});
process.send?.("ready");
