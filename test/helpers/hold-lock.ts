import Database from "better-sqlite3";

// A process of its own that holds the write lock of a store for a while, as another command may.
const [file = "", ms = "0", mode = "IMMEDIATE"] = process.argv.slice(2);
const db = new Database(file);
db.exec(`BEGIN ${mode}`);
process.send?.("locked");
setTimeout(() => {
  db.exec("COMMIT");
  db.close();
  process.exit();
}, Number(ms));
