import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";

export default defineCommand({
  options: {},
  run(_args, io) {
    io.out("");
    return EXIT.ok;
  },
});
