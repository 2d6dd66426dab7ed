import type { Surface } from "./style.ts";

/** Returns the line of a report without a request: a longer period may have some. */
export function renderNoRequests({ same = "" }: Surface): string {
  return / --(?:all|since|until)\b/.test(same)
    ? "No request matches.\n"
    : "No requests in this period. Try --all.\n";
}
