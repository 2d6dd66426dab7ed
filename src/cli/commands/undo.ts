import { applyUndo, loadUndo, tidyAfterKill } from "../../operations/undo.ts";
import { hasConflicts } from "../../agents/change.ts";
import { changesJson, renderReverted, renderUndo } from "../../render/changes.ts";
import { renderAnswer } from "../../render/json.ts";
import { createStyle } from "../../render/style.ts";
import { defineCommand } from "../command.ts";
import { askToWrite } from "../confirm.ts";
import { EXIT } from "../exit.ts";
import { asWriter } from "../writer.ts";

export default defineCommand({
  options: {
    user: { type: "boolean", describe: "Work on the user's configuration folder instead of this project" },
    "dry-run": { type: "boolean", describe: "Show the plan only" },
    yes: { type: "boolean", describe: "Revert without asking" },
    diff: { type: "boolean", describe: "Show every line that changes" },
    json: { type: "boolean", describe: "Print JSON" },
  },
  examples: [["rolecall undo", "Revert the last apply, adopt or init"]],
  async run(args, io) {
    const place = { cwd: io.cwd, env: io.env, user: args.user };
    const surface = { width: io.columns, style: createStyle(io.color) };
    return asWriter("undo", place, args, io, async () => {
      const undo = loadUndo(place);
      const changes = undo?.changes ?? [];
      if (!args.json) io.out(renderUndo(undo, surface, { fullDiff: args.diff }));
      if (!undo && !args.dryRun) tidyAfterKill(place);
      const isPartial = hasConflicts(changes);
      const done = isPartial ? EXIT.no : EXIT.ok;
      const declined = undo ? await askToWrite("Revert this?", args, io) : done;
      const written = undo && declined === undefined ? applyUndo(undo) : [];
      const paths = written.map(({ path }) => path);
      if (args.json) io.out(renderAnswer("undo", { changes: changesJson(changes), written: paths }));
      else if (written.length > 0) io.out(renderReverted(written, isPartial));
      return declined ?? done;
    });
  },
});
