import { rmSync } from "node:fs";

// Run with plain `node` before Node 24 may be on the PATH, so: no types here.
for (const folder of process.argv.slice(2)) rmSync(folder, { recursive: true, force: true });
