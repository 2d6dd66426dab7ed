import { parse } from "unbash";
import type { CommandNode, CompoundList, PipelineNode, Redirection, Statement, Word, WordPart } from "unbash";

/** One simple command of a shell line, and what the exit code of the line shows about it. */
export interface SimpleCommand {
  /** Program and arguments without quotes. */
  words: readonly string[];
  /** Files that its output goes to. */
  writesTo: readonly string[];
  /** Whether the command exited with 0 if the line did. */
  zeroTells: boolean;
  /** Whether another exit code of the line may be the command's. */
  mayFail: boolean;
  /** Its output went through another program than `tee`. */
  filtered: boolean;
  /** The line prints its exit code (`echo $?`). */
  printsExit: boolean;
}

/** The meaning of a command's place in its line for its exit code. */
type CommandPlace = Pick<SimpleCommand, "zeroTells" | "mayFail" | "filtered" | "printsExit">;

const WHOLE_LINE: CommandPlace = { zeroTells: true, mayFail: true, filtered: false, printsExit: false };
const LOST = { zeroTells: false, mayFail: false } as const;

/** Splits a shell line into the simple commands that it runs, in order; those inside `$(…)` come before their own command. */
export function splitCommands(line: string): SimpleCommand[] {
  const walker = new Walker(line);
  walker.list(parse(line).commands, WHOLE_LINE);
  return walker.found;
}

class Walker {
  readonly found: SimpleCommand[] = [];
  private readonly line: string;
  private readonly pipefail: boolean;
  private readonly stopsAtError: boolean;

  constructor(line: string) {
    this.line = line;
    this.pipefail = /\bset -\w*o pipefail\b|\bset -\w+ -o pipefail\b/.test(line);
    this.stopsAtError = /(?:^|[;\n&]\s*)set -\w*e/.test(line);
  }

  list(statements: readonly Statement[], place: CommandPlace): void {
    let last = statements.length - 1;
    const passedOn = exitPassedOn(statements[last]);
    if (passedOn) last--;
    statements.forEach(({ command, background }, index) => {
      const isLast = index === last && (!passedOn || passedOn !== "pipe" || this.pipefail);
      const printed = place.printsExit || printsExit(statements[index + 1]);
      const own = isLast || this.stopsAtError ? place : { ...place, ...LOST };
      const at = background ? { ...own, ...LOST } : { ...own, printsExit: printed };
      this.chain(command, at, passedOn === "pipe" && index === last);
    });
  }

  private chain(node: Statement["command"], place: CommandPlace, firstOfPipe: boolean): void {
    if (node.type !== "AndOr") return this.pipeline(node, place, firstOfPipe);
    const lastAlternative = node.operators.findLastIndex(
      (operator, at) => operator === "||" && !fails(node.commands[at + 1]),
    );
    node.commands.forEach((command, index) => {
      const hidden = lastAlternative >= Math.max(0, index - 1);
      this.pipeline(command, hidden ? { ...place, ...LOST } : place, firstOfPipe);
    });
  }

  private pipeline(node: PipelineNode, place: CommandPlace, firstOfPipe: boolean): void {
    if (node.type !== "Pipeline") return this.command(node, place);
    const negated = node.prefixes.some(({ type }) => type === "Negation");
    node.commands.forEach((part, index) => {
      const filters = node.commands.slice(index + 1);
      const isLast = filters.length === 0;
      const keeps = !negated && (isLast || this.pipefail || (firstOfPipe && index === 0));
      this.command(part, {
        ...place,
        ...(keeps ? {} : LOST),
        printsExit: place.printsExit && (isLast || /PIPESTATUS|pipestatus/.test(this.line)),
        filtered: place.filtered || filters.some((filter) => nameOf(filter) !== "tee"),
      });
    });
  }

  private command(node: CommandNode, place: CommandPlace): void {
    switch (node.type) {
      case "Command":
        for (const inner of substitutions(node)) this.list(inner, { ...place, ...LOST, filtered: true });
        this.add(node.name, node.args, node.redirects, place);
        return;
      case "Redirected":
        return this.command(node.command, place);
      case "Subshell":
      case "BraceGroup":
        return this.list(node.body.commands, place);
      case "Function":
        return;
      default:
        for (const body of bodiesOf(node)) this.list(body.commands, { ...place, ...LOST });
    }
  }

  private add(
    name: Word | undefined,
    args: readonly { type: string; text: string }[],
    redirects: readonly Redirection[],
    place: CommandPlace,
  ): void {
    if (!name) return;
    const words = [name.value, ...args.map((arg) => (arg as Partial<Word>).value ?? arg.text)].filter(
      (word) => typeof word === "string",
    );
    this.found.push({ words, writesTo: redirects.flatMap(fileOf), ...place });
  }
}

function fileOf(redirection: Redirection): string[] {
  if (redirection.type !== "Redirect" || !redirection.operator.includes(">")) return [];
  if (redirection.operator === ">&" || redirection.operator === "<>") return [];
  return redirection.target ? [redirection.target.value] : [];
}

/** The lists of commands inside a loop, a condition or a `case`. */
function bodiesOf(node: CommandNode): CompoundList[] {
  switch (node.type) {
    case "If":
      return [
        node.clause,
        node.then,
        ...node.elif.flatMap(({ clause, then }) => [clause, then]),
        ...(node.else ? [node.else] : []),
      ];
    case "While":
      return [node.clause, node.body];
    case "For":
    case "Select":
    case "ArithmeticFor":
      return [node.body];
    case "Case":
      return node.items.map(({ body }) => body);
    default:
      return [];
  }
}

/** The scripts of `$(…)` among the arguments and assignments of a command. */
function substitutions(node: Extract<CommandNode, { type: "Command" }>): (readonly Statement[])[] {
  const words = [...node.prefix, ...node.suffix].flatMap((part) =>
    part.type === "Assignment" ? [part.value] : part.type === "Word" ? [part] : [],
  );
  return words.flatMap((word) => {
    if (word.type !== "Word" || !/\$\(|`/.test(word.text)) return [];
    const parts = (word.parts ?? []).flatMap((part): readonly WordPart[] =>
      part.type === "DoubleQuoted" ? part.parts : [part],
    );
    return parts.flatMap((part) =>
      part.type === "CommandExpansion" && part.script ? [part.script.commands] : [],
    );
  });
}

function nameOf(node: CommandNode): string {
  return node.type === "Command" ? (node.name?.value ?? "") : "";
}

/** `exit $?` ends the line with the code of the command before, `exit ${PIPESTATUS[0]}` with that of its first part. */
function exitPassedOn(statement: Statement | undefined): "last" | "pipe" | undefined {
  const node = statement?.command;
  if (node?.type !== "Command" || node.name?.value !== "exit") return undefined;
  const code = node.suffix[0]?.type === "Word" ? node.suffix[0].value : "";
  if (/^\$\{?PIPESTATUS/.test(code)) return "pipe";
  return /^\$(?:\?|\w+$)/.test(code) ? "last" : undefined;
}

/** Only ends the line as failed, as in `npm test || exit 1`. */
function fails(node: PipelineNode | undefined): boolean {
  if (node?.type !== "Command") return false;
  const code = node.suffix[0]?.type === "Word" ? node.suffix[0].value : "";
  return node.name?.value === "false" || (node.name?.value === "exit" && /^[1-9]/.test(code));
}

function printsExit(statement: Statement | undefined): boolean {
  const node = statement?.command;
  return (
    node?.type === "Command" &&
    /^(?:echo|printf)$/.test(node.name?.value ?? "") &&
    node.suffix.some((part) => part.type === "Word" && /\$(?:\?|\{?PIPESTATUS|\{?pipestatus)/.test(part.text))
  );
}
