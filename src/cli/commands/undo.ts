import { applyUndo, loadUndo } from "../../operations/undo.ts";
import { hasConflicts } from "../../agents/load-plan.ts";
import { changesJson, renderUndo } from "../../render/changes.ts";
import { renderAnswer } from "../../render/json.ts";
import { createStyle } from "../../render/style.ts";
import { defineCommand } from "../command.ts";
import { askToWrite } from "../confirm.ts";
import { EXIT } from "../exit.ts";

export default defineCommand({
  options: {
    user: { type: "boolean", describe: "the user's configuration folder instead of this project" },
    "dry-run": { type: "boolean", describe: "only show" },
    yes: { type: "boolean", describe: "do not ask" },
    diff: { type: "boolean", describe: "every line that changes" },
    json: { type: "boolean", describe: "for programs" },
  },
  examples: [["rolecall undo", "take the last apply, adopt or init back"]],
  async run(args, io) {
    const undo = loadUndo({ cwd: io.cwd, env: io.env, user: args.user });
    const changes = undo?.changes ?? [];
    if (!args.json)
      io.out(renderUndo(undo, { width: io.columns, style: createStyle(io.color) }, { fullDiff: args.diff }));
    const done = hasConflicts(changes) ? EXIT.no : EXIT.ok;
    const declined = undo ? await askToWrite("Take this back?", args, io) : done;
    const written = undo && declined === undefined ? applyUndo(undo) : [];
    if (written.length > 0 && !args.json) io.out(`Took back ${written.length} changes.\n`);
    if (args.json)
      io.out(
        renderAnswer("undo", {
          changes: changesJson(changes),
          written: written.map(({ path }) => path),
        }),
      );
    return declined ?? done;
  },
});
