import type { ModelTable } from "./resolve.ts";

export { displayName } from "../domain/model-name.ts";

/** The canonical id of a model in any spelling; an unknown id stays as it is. */
export function canonicalId(table: ModelTable, id: string): string {
  return table.find(id)?.id ?? id;
}
