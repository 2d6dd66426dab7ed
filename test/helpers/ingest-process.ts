import { createModelTable } from "../../src/models/resolve.ts";
import { ingest } from "../../src/history/ingest.ts";
import { openStore } from "../../src/store/open.ts";

// Brings the store in `db` up to date with `root`, as a process that can be killed.
const [, , db = "", root = ""] = process.argv;
const store = openStore(db);
process.stdout.write("opened\n");
await ingest(store, [root], createModelTable());
store.close();
