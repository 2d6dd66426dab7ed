import { relative } from "node:path";
import type { Explanation } from "../operations/explain.ts";
import type { Surface } from "./style.ts";
import { renderTable } from "./table.ts";
import { plainLine } from "./text.ts";

const WORDS = {
  force: "force",
  call: "call",
  frontmatter: "front matter",
  environment: "environment",
  settings: "settings",
  parent: "parent",
  "model-default": "default",
} as const satisfies Record<Explanation["sources"][number]["source"], string>;

/** Returns what something runs on, then every source in Claude Code's order with the one that decides marked. */
export function renderExplanation(explained: Explanation, cwd: string, surface: Surface): string {
  const { agent, role, where, model, effort, fallbacks, version, notes } = explained;
  const { style } = surface;
  const what = role && role !== agent ? `${role}: agent ${agent}` : agent;
  const runs = `${style("bold", plainLine(model))}${effort ? ` at ${style("bold", effort)} effort` : ", without an effort"}`;
  const head = `${plainLine(what)} runs on ${runs}\n${style("dim", plainLine(`${shorter(where, cwd)} · Claude Code ${version}`))}\n`;
  const then =
    fallbacks.length > 0 ? `  Where it is not available: ${plainLine(fallbacks.join(", then "))}.\n` : "";
  const said = then + notes.map((note) => `  ${plainLine(note)}\n`).join("");
  return `${head}\n${drawSources(explained, cwd, surface)}${said && `\n${said}`}`;
}

function drawSources({ sources }: Explanation, cwd: string, surface: Surface): string {
  const rows = sources.map(({ of, source, value, decides, where }, index) => {
    const first = index === 0 || sources[index - 1]?.of !== of;
    const cells = [
      first ? of : "",
      decides ? "→" : "",
      WORDS[source],
      value === null ? "–" : plainLine(value),
      plainLine(shorter(where ?? "", cwd)),
    ];
    return decides ? cells.map((cell) => surface.style("bold", cell)) : cells;
  });
  return renderTable(
    {
      columns: [
        { title: "" },
        { title: "" },
        { title: "source" },
        { title: "says" },
        { title: "where", shrink: true },
      ],
      rows,
    },
    surface,
  );
}

/** Paths below the working folder without it. */
function shorter(where: string, cwd: string): string {
  return where.startsWith(`${cwd}/`) ? relative(cwd, where) : where;
}

/** The same for programs. */
export function explanationJson(explained: Explanation): object {
  const { agent, role, model, effort, fallbacks, sources, where, version, notes, refused } = explained;
  return {
    agent,
    ...(role && { role }),
    model,
    effort,
    fallbacks,
    sources,
    definition: where,
    clientVersion: version,
    notes,
    ...(refused !== undefined && { refused }),
  };
}
