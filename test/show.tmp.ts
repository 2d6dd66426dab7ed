import { analyzeFolder } from "./helpers/analyses.ts";
for (const name of process.argv.slice(2)) {
  console.log("=====", name);
  for (const a of await analyzeFolder(
    name.startsWith("/") ? name : `/tmp/wt/outcomes/fixtures/recordings/${name}`,
  )) {
    console.log("--", a.session.slice(0, 8));
    for (const t of a.tasks)
      console.log(
        "  ",
        t.kind,
        t.index ?? t.agentId,
        t.agent,
        t.startTier,
        t.finalTier,
        t.requests,
        t.outcome,
        JSON.stringify(t.evidence.map((e) => e.line + " " + e.why)),
        t.categories.complexity,
        t.categories.class,
        t.parent ?? "",
        t.askedModel ?? "",
        t.resolvedModel ?? "",
      );
    for (const s of a.switches)
      console.log(
        "   SWITCH",
        s.thread,
        s.line,
        s.cause,
        s.from,
        s.to,
        s.trigger,
        s.rewrittenTokens,
        s.costNano,
      );
    if (a.retries.length)
      console.log(
        "   retries",
        a.retries.length,
        a.failures.map((f) => f.error + f.status),
      );
    if (a.substitutions.length)
      console.log("   subst", a.substitutions.map((s) => s.asked + ">" + s.got).join(" "));
  }
}
