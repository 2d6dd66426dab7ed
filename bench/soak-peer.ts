import { once } from "node:events";
import { createSoakExecutor, runWork } from "./soak-executor.ts";

// A second process on the same store, which shares its breakers: `soak-peer URL FILE COUNT`.
const [url = "", file = "", count = "0"] = process.argv.slice(2);
const { executor, store } = createSoakExecutor(url, file);
await runWork(executor, 50, "warm up");
process.send?.("ready");
await once(process, "message");
const failed = await runWork(executor, Number(count), `peer ${process.pid}`);
store.close();
process.send?.(failed, () => process.exit());
