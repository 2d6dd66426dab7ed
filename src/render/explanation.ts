import type { JudgedTask } from "../domain/judged-task.ts";
import { costOf, formatCost } from "./cost.ts";
import { evidenceText, NO_EVIDENCE, tellingOf } from "./evidence.ts";
import type { Surface } from "./style.ts";
import { renderTable } from "./table.ts";
import { taskTitle } from "./task-name.ts";
import { plainLine } from "./text.ts";

/** Reports whose numbers can be explained. */
export type ExplainedReport = "fallbacks" | "savings" | "agents" | "roles";

/** docs/definitions.md in short, for the numbers of one report. */
const DEFINITIONS: Readonly<Record<ExplainedReport, readonly (readonly [string, string])[]>> = {
  fallbacks: [
    ["task", "a turn (a human prompt and everything until the next) or an agent run"],
    [
      "starting tier",
      "that of the task's first request; for an escalated task the final tier is the one that took it over",
    ],
    ["escalated", "the same work was taken up again on a higher tier"],
    ["failed", "it ended on an error, a refusal, a truncation, or a verification that nothing cleared"],
    ["interrupted", "the user stopped it, or refused a tool it needed"],
    [
      "reworked",
      "corrected by the next prompt, asked for again, undone within two turns, or ended in a loop",
    ],
    ["accepted", "none of these, and a verification passed after its last edit, or the user continued"],
    ["success rate", "accepted ÷ tasks that started on the tier with a known outcome; Wilson 95% interval"],
    [
      "escalation rate",
      "escalated to a higher tier ÷ tasks that started on the tier; below 5% excellent, to 15% good",
    ],
    [
      "switch",
      "a change of model between two neighbouring requests, or a fallback that the transcript states; one cause each",
    ],
  ],
  roles: [
    ["task", "a turn (a human prompt and everything until the next) or an agent run"],
    ["model", "the model and effort that the task started on; * marks what the role runs on now"],
    [
      "success",
      "accepted ÷ tasks with a known outcome, without turns that only delegate and without redos of failed runs; Wilson 95% interval",
    ],
    ["escalated", "the same work was taken up again on a higher tier"],
    ["per task", "mean cost of the tasks' own requests"],
    ["per accepted", "cost of the tasks with a known outcome ÷ the accepted ones"],
    [
      "one tier up",
      "change of the success rate ÷ change of the cost of a task, compared with the next tier up that has 12 known outcomes",
    ],
    [
      "trend",
      "the success rate of the later half of the known outcomes compared with the earlier half; steady: the 95% interval of the change holds zero",
    ],
    [
      "verdict",
      "not known: fewer than 12 known outcomes; by default: nothing is known to do better; always: a lower tier was tried here and did worse",
    ],
    [
      "change",
      "act: enough outcomes on both models; try: worth a trial; the forecasts are those of rolecall recommend",
    ],
  ],
  agents: [
    ["agent run", "one execution of one sub-agent, with its own transcript"],
    [
      "declared",
      "what the call asked for, otherwise the agent file on this machine, otherwise the model that the client had chosen",
    ],
    ["served", "the model that gave the run's last answer"],
    [
      "mismatches",
      "runs of which another model answered a part: a fallback, a forced model or a silent substitute",
    ],
    [
      "accepted",
      "it ended with its report, and the work was neither done again nor given out again nor corrected",
    ],
    ["success", "accepted ÷ runs with a known outcome; Wilson 95% interval"],
  ],
  savings: [
    ["actual", "each request once, at the list price of its day"],
    [
      "always Opus",
      "the same tokens at the newest Opus released by that day, cache reads and writes at its cache prices",
    ],
    ["tokenizer border", "tokens × 1.3 from models before Opus 4.7 to later ones, ÷ 1.3 the other way"],
    [
      "cheapest tier",
      "the cheapest reference model of the day for each bill, whether it could do the work or not",
    ],
    ["as the policy says", "each role's model and effort; effort scales output by the catalogue's index"],
    ["projection", "mean per day of the period, with the interval of its standard error, × 30 and × 12"],
  ],
};

export function renderExplanation(
  report: ExplainedReport,
  tasks: readonly JudgedTask[],
  surface: Surface,
  titles: ReadonlyMap<JudgedTask, string>,
): string {
  const lines = DEFINITIONS[report].map(([word, meaning]) => `${surface.style("bold", word)}: ${meaning}`);
  const rows = tasks.length > 0 ? `\n${renderRows(tasks, surface, titles)}` : "";
  return `${lines.join("\n")}\n${rows}`;
}

/** A task has at least so much of its title before the cost goes. */
const LEAST_TITLE = 24;

function renderRows(
  tasks: readonly JudgedTask[],
  surface: Surface,
  titles: ReadonlyMap<JudgedTask, string>,
): string {
  return renderTable(
    {
      columns: [
        { title: "Session" },
        { title: "Task", shrink: true, least: LEAST_TITLE },
        { title: "Tier", narrow: 1 },
        { title: "Cost", align: "right", drop: 1 },
        { title: "Outcome" },
        { title: "Line", align: "right", narrow: 2 },
        { title: "Why" },
      ],
      rows: tasks.map((task) => [
        plainLine(task.session.slice(0, 8)),
        taskTitle(task, titles.get(task)),
        task.startTier ?? "–",
        task.requests === 0 ? "–" : formatCost(costOf([task])),
        task.outcome,
        ...reasonOf(task),
      ]),
    },
    surface,
  );
}

/** The line and the words of the strongest evidence. */
function reasonOf(task: JudgedTask): [string, string] {
  const [first] = tellingOf(task);
  return first ? [String(first.line), evidenceText(first)] : ["", NO_EVIDENCE];
}
