import { isAbsolute } from "node:path";

/** Where a tree is, and where its copy is. Both absolute. */
export interface Relocation {
  from: string;
  to: string;
}

/** What may follow the tree's path without being a part of its last name. */
const NAME_CHARACTER = /[\w.-]/;

/** Rewrites absolute paths into the tree so that they lead into the copy. */
export function relocateText(text: string, { from, to }: Relocation): string {
  const [first = "", ...rest] = text.split(from);
  return rest.reduce((done, part) => done + (NAME_CHARACTER.test(part[0] ?? "") ? from : to) + part, first);
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
