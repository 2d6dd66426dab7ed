/** A question that a user has, and the commands that answer it. */
export interface Tour {
  title: string;
  intro: string;
  /** Megabytes of made-up history in the home folder; absent: none. */
  megabytes?: number;
  steps: readonly TourStep[];
}

interface TourStep {
  /** What the user wants to know. */
  why: string;
  /** What is typed at the prompt. */
  line: string;
}

/** The tours by name of their page below docs/tours. */
export const TOURS: Readonly<Record<string, Tour>> = {
  "first-run-without-transcripts": {
    title: "First run without transcripts",
    intro: "A machine on which Claude Code has not been used yet.",
    steps: [
      { why: "The first command says where it looked, and what to try instead.", line: "rolecall" },
      { why: "The package ships transcripts to look around in.", line: "rolecall overview --demo" },
      { why: "Only an empty store was made. This removes it.", line: "rolecall uninstall --store --yes" },
    ],
  },
  "first-run": {
    title: "First run with transcripts",
    intro:
      "A month of work in three projects. `--demo` reads the transcripts that the package ships; leave it out for your own.",
    steps: [
      { why: "Bare `rolecall` shows the last 30 days on one screen.", line: "rolecall --demo" },
      { why: "Where did the money go?", line: "rolecall spend --demo --by project,model" },
      { why: "What are the causes, and what would save most?", line: "rolecall why --demo" },
      { why: "What should change? Each advice names its command.", line: "rolecall recommend --demo" },
    ],
  },
  "first-run-with-100-mb": {
    title: "First run with 100 MB",
    intro:
      "Eleven weeks of made-up work, 100 MB of transcripts. The first command reads all of them once; later ones read only what is new.",
    megabytes: 100,
    steps: [
      {
        why: "Where did the money go, month by month?",
        line: "rolecall spend --by month --breakdown --since 2026-09-01 --until 2026-11-18",
      },
      {
        why: "Which projects were the most expensive?",
        line: "rolecall spend --by project --limit 5 --since 2026-10-20 --until 2026-11-18",
      },
      {
        why: "Which sessions?",
        line: "rolecall session --sort cost --limit 5 --since 2026-10-20 --until 2026-11-18",
      },
      {
        why: "How did the tasks of each tier end?",
        line: "rolecall fallbacks --since 2026-10-20 --until 2026-11-18",
      },
    ],
  },
  "why-was-yesterday-expensive": {
    title: "Why was yesterday expensive?",
    intro: "One day compared with one's own median, then the session behind it.",
    steps: [
      { why: "What did the last days cost?", line: "rolecall spend --demo --by day --since 7d" },
      { why: "What was unusual about yesterday?", line: "rolecall why yesterday --demo" },
      { why: "The session that it names, with its own causes.", line: "rolecall why b0634f38 --demo" },
    ],
  },
  limit: {
    title: "Will I hit my limit?",
    intro:
      "The five-hour window and the week, compared with the plan in the configuration file or with the most that a window had so far.",
    steps: [
      {
        why: "How much of the limits is used, and when are they reached at this rate?",
        line: "rolecall limits --demo",
      },
      { why: "The window that is running.", line: "rolecall limits --windows --demo --active" },
      {
        why: "How does that compare with the windows of the last days?",
        line: "rolecall limits --windows --demo --recent",
      },
    ],
  },
  "what-did-this-branch-cost": {
    title: "What did this branch cost?",
    intro: "Branches are recorded with each request.",
    steps: [
      { why: "All branches.", line: "rolecall spend --demo --by branch" },
      { why: "One branch, day by day.", line: "rolecall spend --demo --branch redesign --by day" },
      { why: "Its sessions.", line: "rolecall session --demo --branch redesign" },
    ],
  },
};
