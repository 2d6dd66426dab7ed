import { expectOneOf } from "../../domain/nearest.ts";
import { UsageError } from "../../errors.ts";
import { defineCommand } from "../command.ts";
import { SCRIPTS, SHELLS } from "../completion/scripts.ts";
import { EXIT } from "../exit.ts";

export default defineCommand({
  options: {},
  examples: [
    ['eval "$(rolecall completion bash)"', "Complete commands in bash (in ~/.bashrc)"],
    ['eval "$(rolecall completion zsh)"', "Complete commands in zsh (in ~/.zshrc)"],
    ["rolecall completion fish > ~/.config/fish/completions/rolecall.fish", "Complete commands in fish"],
  ],
  run(args, io) {
    const shell = SHELLS.find((known) => known === args["shell"]);
    if (!shell) {
      const word = String(args["shell"]);
      throw new UsageError(`completion: unknown shell "${word}"`, { hint: expectOneOf(word, SHELLS) });
    }
    io.out(SCRIPTS[shell]);
    return EXIT.ok;
  },
});
