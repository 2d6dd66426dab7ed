import { isAbsolute } from "node:path";

/** The folder of a tree and that of its copy. Both absolute. */
export interface Relocation {
  from: string;
  to: string;
}

/** A character of a file name. */
const NAME_CHARACTER = /[\w.-]/;
/** The text that may precede an absolute path: no name, unless it is a flag (`-I/src`), and no `/`, unless of a URL (`file:///src`). */
const BEFORE_PATH = /(?:^|[^\w./-])-[\w-]*$|:\/+$|(?:^|[^\w./-])$/;
/** As much of the text before a path as `BEFORE_PATH` looks at. */
const LOOK_BACK = 80;

/** Rewrites absolute paths into the tree so that they lead into the copy. */
export function relocateText(text: string, { from, to }: Relocation): string {
  let moved = "";
  let done = 0;
  for (let at = text.indexOf(from); at >= 0; at = text.indexOf(from, at + from.length)) {
    const end = at + from.length;
    const isPath = BEFORE_PATH.test(text.slice(Math.max(0, at - LOOK_BACK), at));
    if (!isPath || NAME_CHARACTER.test(text.charAt(end))) continue;
    moved += text.slice(done, at) + to;
    done = end;
  }
  return moved + text.slice(done);
}

/** The same for the contents of a file; undefined if nothing is to be changed, or if the file is not text. */
export function relocateBytes(bytes: Buffer, relocation: Relocation): Buffer | undefined {
  if (!bytes.includes(relocation.from) || bytes.includes(0)) return undefined;
  // latin1 keeps every byte, whatever the encoding of the rest.
  const [from, to] = [relocation.from, relocation.to].map((path) => Buffer.from(path).toString("latin1"));
  const text = bytes.toString("latin1");
  const moved = relocateText(text, { from: from ?? "", to: to ?? "" });
  return moved === text ? undefined : Buffer.from(moved, "latin1");
}

/** The same for the target of a symbolic link. */
export function relocateLink(target: string, relocation: Relocation): string {
  const { from } = relocation;
  const inside = isAbsolute(target) && (target === from || target.startsWith(`${from}/`));
  return inside ? relocation.to + target.slice(from.length) : target;
}

/** Variables that name places which have to stay the same: configuration, caches, temporary files. */
const STAY = /^(?:HOME|USERPROFILE|CLAUDE_CONFIG_DIR|TMPDIR|TMP|TEMP|XDG_.*|ROLECALL_.*)$/;

/** The same for an environment, such as PATH, VIRTUAL_ENV and PYTHONPATH of a program that works in the copy. */
export function relocateEnvironment(env: NodeJS.ProcessEnv, relocation: Relocation): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      value === undefined || STAY.test(name) ? value : relocateText(value, relocation),
    ]),
  );
}
