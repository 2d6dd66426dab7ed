import { cpSync } from "node:fs";

// The compiler leaves behind what is not TypeScript: `copy.js FROM TO`.
const [from, to] = process.argv.slice(2);
cpSync(from, to);
