import type { RoleView } from "./role-view.ts";

const LEAST_SHARE = 0.05;

/** Whether it is the main session and its user plans before building. */
export function plansFirst({ role, current }: RoleView): boolean {
  const planned = current.tasks.filter(({ planMode }) => planMode).length;
  return role === "main" && planned >= LEAST_SHARE * current.tasks.length;
}
