import { AGENTS } from "./projects.js";
import { createTranscript } from "./transcript.js";

const NAMES = {
  "claude-haiku-5-5": "Haiku 5.5",
  "claude-sonnet-5-5": "Sonnet 5.5",
  "claude-opus-5-5": "Opus 5.5",
  "claude-fable-5-2": "Fable 5.2",
};

/** A session of one project, told turn by turn; `agentModels` says what each agent type runs on. */
export function createSession(random, { root, project, model, at, agentModels, effort = "medium" }) {
  const session = random.uuid();
  const base = { root, project, session };
  const main = createTranscript(random, { ...base, model, effort, at });
  let agentsNano = 0;
  let unseenNano = 0;
  let step = 0;
  let reviews = 0;

  const path = (file) => `${project.cwd}/${file}`;
  const test = (options) =>
    main.tool(
      "Bash",
      { command: project.test, description: "Run the checks" },
      project.passed(random.between(44, 96)),
      {
        ...options,
        ms: random.between(2500, 14_000),
      },
    );
  const failTest = (name) =>
    main.tool("Bash", { command: project.test, description: "Run the checks" }, project.failed(name), {
      failed: true,
      ms: random.between(2500, 14_000),
    });

  function edit(on, [, file, name]) {
    const [before, after] = project.code(name, ++step);
    const input = {
      file_path: path(file),
      old_string: `${before} /* ${step} */`,
      new_string: `${after} /* ${step} */`,
    };
    on.tool("Edit", input, `The file ${path(file)} has been updated.`, { grow: random.between(700, 2400) });
  }

  function read(on, [, file, name]) {
    const [text] = project.code(name, 0);
    on.tool("Read", { file_path: path(file) }, `     1→${text.replaceAll("\n", "\n     2→")}`, {
      grow: random.between(2500, 9000),
    });
  }

  /** An agent run, from the call to the report; `served` is what answers where its model is not available. */
  function agent(type, work, { served, ...call } = {}) {
    const [what, file] = work;
    const [asked, runEffort] = agentModels[type] ?? [main.thread.model];
    const id = random.hex(17);
    const prompt = AGENTS[type].ask(what, file, reviews++);
    const description = `${type === "Explore" ? "Explore" : type === "test-writer" ? "Test" : "Review"} ${what}`;
    const report = AGENTS[type].report(what, file);
    const input = { description, prompt, subagent_type: type, ...call };
    const toolUseId = main.call("Agent", input, { grow: random.between(400, 900) });
    const meta = { agentType: type, description, toolUseId, spawnDepth: 1, model: asked, finished: true };
    const run = createTranscript(random, {
      ...base,
      model: asked,
      effort: runEffort ?? main.thread.effort,
      at: main.thread.at,
      agent: { id, type, meta },
    });
    run.prompt(prompt, { waitMs: 300 });
    const rounds = type === "Explore" ? 3 : 2;
    for (let round = 0; round < rounds; round++) {
      run.tool(
        "Grep",
        { pattern: work[2], path: project.cwd },
        `${file}:${random.between(4, 90)}: ${work[2]}`,
        {
          served,
          grow: random.between(3000, 11_000),
        },
      );
    }
    if (type === "test-writer") {
      const text = `test("${what}", () => check(${random.between(1, 99)}));`;
      run.tool(
        "Write",
        { file_path: path(`test/${work[2]}.${++step}.test.ts`), content: text },
        "File created.",
        { served },
      );
      run.tool("Bash", { command: project.test }, project.passed(random.between(46, 99)), { served });
    }
    run.say(report, { served, tokens: random.between(350, 1100) });
    run.write();
    const outcome = { status: "completed", agentId: id, agentType: type, resolvedModel: served ?? asked };
    main.result(toolUseId, report, { outcome, ms: run.thread.at - main.thread.at + 400 });
    agentsNano += run.thread.costNano;
  }

  return {
    main,
    agent,
    /** A question, looked into by Explore. */
    explore(work, options) {
      main.prompt(`How do we handle ${work[0]} at the moment? Which files take part in it?`, options);
      agent("Explore", work);
      main.say(`It starts in ${work[1]}; ${work[2]} does the work and has two callers.`);
    },
    /** New behaviour, with the checks green at the end. */
    build(
      work,
      {
        prompt = `Add a limit to ${work[0]}, configurable, and keep the old behaviour as the default.`,
        ...options
      } = {},
    ) {
      main.prompt(prompt, options);
      read(main, work);
      edit(main, work);
      if (random.next() < 0.4) edit(main, work);
      test();
      main.say(`Done: ${work[2]} takes the limit now, the default is as before, and the checks pass.`);
    },
    /** A red run, then the repair, then green. */
    repair(work, options) {
      main.prompt(`The checks of ${work[0]} fail since this morning. Find out why and fix it.`, options);
      failTest(work[2]);
      read(main, work);
      edit(main, work);
      test();
      main.say(`Fixed: ${work[2]} used the old total. The checks are green again.`);
    },
    /** It ends red. */
    fail(work, prompt) {
      main.prompt(prompt);
      read(main, work);
      edit(main, work);
      failTest(work[2]);
      edit(main, work);
      failTest(work[2]);
      main.say(`I could not get ${work[2]} green: the total is still off by one cent.`);
    },
    review(work, options) {
      main.prompt(`Thanks. Now review the change to ${work[0]} before I merge it.`, options);
      agent("code-reviewer", work);
      main.say("The review found nothing that blocks; one remark on a boundary value.");
    },
    /** Several agents in one turn. */
    delegate(works, options) {
      main.prompt(
        `Next, get tests written for ${works[0][0]}, and have ${works.map(([what]) => what).join(" and ")} reviewed.`,
        options,
      );
      agent("test-writer", works[0]);
      for (const work of works) agent("code-reviewer", work);
      main.say("Tests are in place and green; both reviews came back without a blocking problem.");
    },
    commit(options) {
      main.prompt("Great, commit this with a short message.", options);
      main.tool(
        "Bash",
        { command: 'git commit -am "Limit, tests and a fix"' },
        "[main 3f1c2ab] Limit, tests and a fix\n 3 files changed",
      );
      main.say("Committed.", { tokens: 60 });
    },
    switchTo(next, word) {
      main.command("/model", word, `Set model to ${NAMES[next]}`);
      main.thread.model = next;
      main.thread.fresh = true; // another model has another cache
    },
    /** Opus plans, Sonnet carries out. */
    planned(work, planner, worker) {
      main.thread.model = planner;
      main.thread.fresh = true;
      main.prompt(`Plan how to split ${work[0]} into its own module.`, { permissionMode: "plan" });
      main.attachment({ type: "plan_mode", reminderType: "full", isSubAgent: false, planExists: false });
      read(main, work);
      const plan = `1. Extract ${work[2]}. 2. Move the callers. 3. Tests.`;
      main.tool("ExitPlanMode", { plan }, "User has approved your plan.", {
        outcome: { plan, isAgent: false },
      });
      main.thread.model = worker;
      main.thread.fresh = true;
      main.attachment({ type: "plan_mode_exit", planExists: false });
      edit(main, work);
      test();
      main.say("The module stands on its own; its callers use it, and the checks pass.");
    },
    /** The API is overloaded: two retries, then the fallback answers for the rest of the turn. */
    overloaded(work, fallback) {
      const own = main.thread.model;
      main.prompt(`Also handle an empty list in ${work[0]}.`);
      for (const retryAttempt of [1, 2])
        main.system("api_error", {
          level: "error",
          error: { status: 529, error: { error: { type: "overloaded_error" } } },
          retryAttempt,
          maxRetries: 10,
          retryInMs: 500 * 2 ** retryAttempt,
          source: "main",
        });
      main.system("model_fallback", {
        content: `Switched to ${NAMES[fallback]} due to high demand for ${NAMES[own]}`,
        level: "warning",
        trigger: "overloaded",
        originalModel: own,
        fallbackModel: fallback,
      });
      main.thread.model = fallback;
      main.thread.fresh = true;
      edit(main, work);
      test();
      main.say("An empty list is no error any more; the checks pass.");
      main.thread.model = own;
      main.thread.fresh = true;
    },
    interrupt(work) {
      main.prompt(`Rewrite ${work[0]} from scratch with a state machine.`);
      read(main, work);
      main.interrupt();
    },
    /** The next prompt says that it is wrong. */
    correct(work) {
      main.prompt(`No, that's wrong: ${work[2]} must keep the old rounding. Fix that.`);
      edit(main, work);
      test();
      main.say("The old rounding is back, and only the limit is new.");
    },
    compact() {
      const before = main.thread.context;
      main.system("compact_boundary", {
        content: "Conversation compacted",
        level: "info",
        compactMetadata: { trigger: "auto", preTokens: before, postTokens: 9000, durationMs: 21_000 },
      });
      main.thread.context = 22_000;
      main.thread.fresh = true;
      unseenNano += before * 200 + 2_000 * 20_000; // its request leaves no line: reading at the cache's price, and a summary
    },
    /** Ends the session and answers when that was. */
    end() {
      main.write(main.thread.costNano + agentsNano + unseenNano);
      return main.thread.at;
    },
  };
}
