import { toUsd } from "../domain/money.ts";
import type { Switch } from "../domain/switch.ts";

/** The fields of a switch of models in JSON and CSV. */
export function switchFields({
  at,
  session,
  thread,
  cause,
  from,
  to,
  trigger,
  rewrittenTokens,
  costNano,
}: Switch) {
  return {
    at: new Date(at).toISOString(),
    session,
    thread,
    cause,
    from,
    to,
    trigger,
    rewrittenTokens,
    costUsd: toUsd(costNano),
  };
}
