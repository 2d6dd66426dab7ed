/** Returns a path with slashes, as one machine would write it: `C:\a`, `C:/a` and `/mnt/c/a` are `/c/a`. */
export function plainPath(path: string): string {
  return path
    .replaceAll("\\", "/")
    .replace(/^\/mnt\/([a-z])\//, "/$1/")
    .replace(/^([A-Za-z]):(?=\/|$)/, (_, drive: string) => `/${drive.toLowerCase()}`)
    .replace(/(?<=.)\/+$/, "");
}

/** Returns the path of `directory`, as named from inside `from`. */
export function pathFrom(from: string, directory: string): string {
  const plain = plainPath(directory);
  if (plain.startsWith("/") || /^[~$]/.test(plain) || plain === "-") return plain;
  const parts = from.split("/");
  for (const part of plain.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

/** Returns a path from `root` on; one that is not below it stays as it is. */
export function below(root: string, path: string): string {
  if (path === root) return "";
  return root !== "" && path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}

/** Returns whether a file is part of the project: not in a scratch folder, nor in the client's own. */
export function isInside(root: string, path: string): boolean {
  const plain = plainPath(path);
  if (/(?:^|\/)(?:scratchpad|\.claude\/(?:plans|projects|memory))\//.test(plain)) return false;
  if (!plain.startsWith("/")) return !/^[~$]/.test(plain);
  if (root === "" || plain === root || plain.startsWith(`${root}/`)) return true;
  return !/^\/(?:tmp|var|private|dev)\b|\/(?:Temp|tmp)\//.test(plain);
}
