import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { featuresOf } from "../../src/analysis/outcomes/category-features.ts";
import { CATEGORIES, type Category } from "../../src/domain/task.ts";
import { wordsOf } from "../../src/transcripts/observe/prompt-words.ts";
import { writeTaskScript } from "../helpers/task-script.ts";
import { readTurnClues, type TurnClues } from "./labelled-clues.ts";
import { crossValidate, type Example, type Model, type Training, trainSoftmax } from "./softmax.ts";

/*
 * Learns the weights of src/analysis/outcomes/category-weights.ts and src/transcripts/observe/word-weights.ts from labelled turns, and
 * prints how well they do on sessions that they have not seen. Run it again until the output stays the same: the category of the turn
 * before is part of the evidence.
 */

const SRC = join(import.meta.dirname, "../../src");
const SCRIPTS = join(import.meta.dirname, "../../fixtures/tasks");
const WORD = "w ";
/** What one word of a prompt counts, compared with other evidence. */
const WORD_VALUE = 0.5;
/** Part of a case that goes to what a reasonable reader could also say. */
const ALTERNATIVES = 0.25;
const TRAINING: Training = { least: 8, decay: 2, rounds: 200 };

interface CategoryLabel {
  session: string;
  turn: number;
  category: readonly Category[];
  half?: string;
}

interface LabelledExample extends Example {
  set: string;
  category: readonly Category[];
}

function toExample(turn: TurnClues, category: readonly Category[], set: string): LabelledExample {
  const features = new Map(featuresOf(turn.clues));
  for (const word of wordsOf(turn.prompt)) features.set(WORD + word, WORD_VALUE);
  const others = category.slice(1);
  const rest = others.length > 0 ? ALTERNATIVES : 0;
  const target = CATEGORIES.map((name) => {
    if (name === category[0]) return 1 - rest;
    return others.includes(name) ? rest / others.length : 0;
  });
  return { features, target, group: turn.session, set, category };
}

async function labelledExamples(folder: string, files: readonly string[]): Promise<LabelledExample[]> {
  const labels = files.flatMap((file) => JSON.parse(readFileSync(file, "utf8")) as CategoryLabel[]);
  const turns = new Map<string, TurnClues>();
  for (const name of readdirSync(folder))
    if (existsSync(join(folder, name, "projects")))
      for (const turn of await readTurnClues(join(folder, name)))
        turns.set(`${turn.hash.slice(0, 16)} ${turn.index}`, turn);
  return labels.flatMap(({ session, turn, category, half = "category" }) => {
    const found = turns.get(`${session} ${turn}`);
    return found ? [toExample(found, category, half)] : [];
  });
}

/** Turns of the generated tasks. */
async function generatedExamples(): Promise<LabelledExample[]> {
  const root = mkdtempSync(join(tmpdir(), "rolecall-train-"));
  try {
    const labels = globSync("*.tasks", { cwd: SCRIPTS })
      .sort()
      .flatMap((file) =>
        writeTaskScript(readFileSync(join(SCRIPTS, file), "utf8"), basename(file, ".tasks"), root),
      )
      .filter(({ agent, outcome }) => agent === "main" && outcome !== "unknown");
    const turns = await readTurnClues(root);
    const seen = new Map<string, number>();
    return labels.flatMap((label) => {
      const ordinal = seen.get(label.session) ?? 0;
      seen.set(label.session, ordinal + 1);
      const turn = turns.find(({ session, index }) => session === label.session && index === ordinal);
      return turn ? [toExample(turn, [label.category as Category], "generated")] : [];
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function report(examples: readonly LabelledExample[], predicted: readonly number[]): string {
  const rows = examples.map((example, index) => ({
    ...example,
    got: CATEGORIES[predicted[index] as number] as Category,
  }));
  const share = (of: typeof rows) => {
    const right = of.filter(({ category, got }) => category[0] === got).length;
    const also = of.filter(({ category, got }) => category.includes(got)).length;
    return `${of.length} turns: ${((100 * right) / of.length).toFixed(1)} % strictly, ${((100 * also) / of.length).toFixed(1)} % with alternatives`;
  };
  return [["all", rows] as const, ...Map.groupBy(rows, ({ set }) => set)]
    .map(([set, of]) => `${set.padEnd(10)} ${share(of)}`)
    .join("\n");
}

function writeWeights(model: Model): void {
  const own = [...model].filter(([name]) => !name.startsWith(WORD));
  const words = [...model].filter(([name]) => name.startsWith(WORD));
  writeFileSync(
    join(SRC, "analysis/outcomes/category-weights.ts"),
    weightsFile("CATEGORY_WEIGHTS", "evidence", own, 1),
  );
  writeFileSync(
    join(SRC, "transcripts/observe/word-weights.ts"),
    weightsFile("WORD_WEIGHTS", "words", words, WORD_VALUE),
  );
  console.log(`${own.length} kinds of evidence and ${words.length} words`);
}

function weightsFile(
  name: string,
  what: string,
  rows: readonly (readonly [string, Float64Array])[],
  value: number,
): string {
  const lines: string[] = [];
  for (const [key, weights] of rows) {
    const text = `${key.replace(WORD, "")} ${[...weights].map((weight) => Math.round(weight * value * 100)).join(" ")}`;
    const last = lines.at(-1);
    if (last !== undefined && last.length + text.length + 2 <= LINE_CHARS)
      lines[lines.length - 1] = `${last}; ${text}`;
    else lines.push(text);
  }
  return [
    'import { readWeights } from "../../domain/weights.ts";',
    "",
    `/** Points of ${what} for each category, in the order of \`CATEGORIES\`, in hundredths; written by test/eval/train-categories.ts. */`,
    `export const ${name} = readWeights(\``,
    ...lines.map((line) => line.replaceAll(/[`$\\]/g, "\\$&")),
    "`);",
    "",
  ].join("\n");
}

const LINE_CHARS = 118;

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      corpus: { type: "string" },
      labels: { type: "string", multiple: true },
      write: { type: "boolean", default: false },
    },
  });
  if (!values.corpus || !values.labels)
    throw new Error("Usage: npm run eval:train -- --corpus DIR --labels FILE … [--write]");
  const real = await labelledExamples(
    resolve(values.corpus),
    values.labels.map((file) => resolve(file)),
  );
  const generated = await generatedExamples();
  const all = [...real, ...generated];
  console.log(report(all, crossValidate(all, TRAINING, 10)));
  if (values.write) writeWeights(trainSoftmax(all, TRAINING));
}
