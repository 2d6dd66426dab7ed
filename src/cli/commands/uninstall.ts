import { isPending } from "../../agents/change.ts";
import { applyUninstall, deleteData, loadUninstall } from "../../operations/uninstall.ts";
import { renderAnswer } from "../../render/json.ts";
import { createStyle } from "../../render/style.ts";
import { renderUninstall, uninstallJson } from "../../render/uninstall.ts";
import { defineCommand } from "../command.ts";
import { askToWrite } from "../confirm.ts";
import { EXIT } from "../exit.ts";
import { asWriterOfUserToo } from "../writer.ts";

export default defineCommand({
  options: {
    store: { type: "boolean", describe: "Also delete the store, the cache and rolecall's configuration" },
    "dry-run": { type: "boolean", describe: "Show the plan only" },
    yes: { type: "boolean", describe: "Uninstall without asking" },
    diff: { type: "boolean", describe: "Show every line that changes" },
    json: { type: "boolean", describe: "Print JSON" },
  },
  examples: [
    ["rolecall uninstall", "Show what would be removed here and from the user's folder, and ask"],
    ["rolecall uninstall --store", "Remove the stored history as well"],
  ],
  async run(args, io) {
    const place = { cwd: io.cwd, env: io.env };
    const { plan, written, exit } = await asWriterOfUserToo("uninstall", place, args, io, async () => {
      const plan = loadUninstall(place, { withData: args.store ?? false });
      const surface = { width: io.columns, style: createStyle(io.color) };
      if (!args.json) io.out(renderUninstall(plan, surface, args.diff ?? false));
      const hasWork = plan.data.length > 0 || plan.places.some(({ changes }) => changes.some(isPending));
      const exit = hasWork ? await askToWrite("Remove all of this?", args, io, "removed") : EXIT.ok;
      return { plan, exit, written: exit === undefined ? applyUninstall(plan) : [] };
    });
    if (exit === undefined) deleteData(plan);
    if (args.json) io.out(renderAnswer("uninstall", { ...uninstallJson(plan), written }));
    else if (exit === undefined)
      io.out(
        "Removed. Other projects have their own: run rolecall uninstall there, then npm uninstall -g rolecall.\n",
      );
    return exit ?? EXIT.ok;
  },
});
