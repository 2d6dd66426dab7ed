/** Maps the end of a name to a role, unless certain words come before it. The first match decides. */
interface Job {
  role: string;
  /** Matches at the end of the words of a name. */
  ends: RegExp;
  unless?: RegExp;
}

/** Words for work that no role covers: an agent with one of them in its name stays unassigned. */
export const OTHER_FIELD = new RegExp(
  `\\b(?:${(
    "seo marketing sales brand branding social content blog copy copywriting email newsletter podcast video tiktok instagram twitter " +
    "linkedin community growth customer crm support legal contract compliance hr recruiting finance financial accounting tax trading " +
    "invoice medical clinical healthcare patient teacher tutor coach student course curriculum learning book novel story game-master " +
    "travel recipe resume cv interview pitch investor startup product business market competitor persona survey grant proposal ads " +
    "pricing procurement budget resource capacity milestone stakeholder scrum agile team meeting"
  ).replaceAll(" ", "|")})\\b`,
);

const LANGUAGES =
  "python|py|go|golang|rust|java|javascript|js|typescript|ts|ruby|php|c|c\\+\\+|cpp|csharp|c#|kotlin|swift|scala|elixir|haskell|" +
  "julia|perl|lua|dart|clojure|erlang|ocaml|zig|solidity|sql|bash|shell|posix shell|powershell|graphql|html|css";
const FRAMEWORKS =
  "react|react native|vue|vuejs|vue js|angular|svelte|sveltekit|solid|solidjs|solid js|qwik|remix|astro|next|nextjs|next js|nuxt|" +
  "node|nodejs|node js|express|nestjs|nest|django|flask|fastapi|rails|ruby on rails|laravel|symfony|spring|spring boot|dotnet|" +
  "net|asp net|flutter|expo|electron|tauri|tailwind|tailwindcss|phoenix|wordpress";
const STACK = `(?:${LANGUAGES}|${FRAMEWORKS})`;
const LAYERS =
  "software|senior|backend|back end|frontend|front end|fullstack|full stack|web|mobile|ios|android|api|app|application|feature|desktop|" +
  "embedded|firmware|cli|wasm|ui|game|plugin|extension|smart contract|blockchain";

/** Work on infrastructure, quality or data: an expert in these does not necessarily write features. */
const NOT_FEATURES =
  /\b(?:devops|docker|kubernetes|k8s|cloud|aws|azure|gcp|terraform|infra\w*|ci|cd|cicd|monitor\w*|security|auth|test\w*|qa|performance|async|db|database|data|ml|ai|lint\w*|debug\w*|deploy\w*|migration|optimi\w*|profil\w*|packaging|celery|cost|finance|bioinformatics)\b/;

/** Names by role. Narrow jobs come before wide ones. */
export const JOBS: readonly Job[] = [
  {
    role: "security-reviewer",
    ends: /(?:^|\b(?:\w+ )*?)(?:security|appsec|vulnerabilit\w+|vuln|owasp|sast|secrets?|threat)(?: (?:\w+ )*?)?(?:review(?:er)?|audit(?:or)?|scan(?:ner)?|analyst|assessor|hunter|checker)$/,
  },
  { role: "security-reviewer", ends: /(?:penetration tester|pen ?tester|security code review)$/ },
  {
    role: "test-writer",
    ends: /(?:unit |integration |e2e |end to end |api |regression )?tests? (?:writer|author|generator|creator|engineer|developer|automator|automation engineer)$/,
    unless: /\b(?:load|performance|penetration|security|usability|ux|user|chaos|stress|ab|a b)\b/,
  },
  {
    role: "test-writer",
    ends: /(?:test(?:ing)?|test automation|qa automation|tdd|playwright|cypress|selenium|pytest|jest|vitest|unittest|junit|rspec)(?: testing)? (?:writer|engineer|specialist|expert|automator|automation|developer)$/,
    unless:
      /\b(?:load|performance|penetration|security|usability|ux|user|chaos|stress|ab|a b|mock|strategy|observability)\b/,
  },
  { role: "test-writer", ends: /(?:qa engineer|(?:^|\b(?:software|code|unit|integration|e2e) )tester)$/ },
  {
    role: "formatter",
    ends: /(?:formatter|linter|lint fixer|eslint fixer|prettier|imports? (?:sorter|organizer)|code tidier)$/,
  },
  {
    role: "commit-and-docs",
    ends: /(?:commits?(?: message)? (?:writer|author|generator|helper|agent)|committer|changelog(?: \w+)?|release notes?(?: \w+)?|readme(?: \w+)?|(?:docs?|documentation|docstring|technical|tech|api docs?) writer|documenter)$/,
    unless: /\b(?:architecture|pr|rfc|adr)\b/,
  },
  {
    role: "explorer",
    ends: /(?:^(?:explorer|explore|scout)|\b(?:code|codebase|code base|repo|repository|file|symbol|system|project) (?:explorer|explore|locator|finder|searcher|search|scout|navigator|pattern finder))$/,
  },
  {
    role: "debugger",
    ends: /(?:debugger|troubleshooter|bug (?:fixer|hunter|finder)|bugfixer|root cause (?:analy\w+|finder))$/,
    unless: /\bmanager\b/,
  },
  {
    role: "reviewer",
    ends: /(?:^review|reviewer|code review|pr review|review bot|code critic|pr critic|architect review|(?:code|bug) auditor)$/,
    unless:
      /\b(?:docs?|documentation|plan|spec|design|ux|ui|copy|writing|paper|research|peer|literature|translation|accessibility|idea|requirements?)\b/,
  },
  {
    role: "architect",
    ends: /architect$/,
    unless:
      /\b(?:docs?|documentation|component|components|css|ui|ux|experience|prompt|information|knowledge|hooks?|blueprint|prp|user|design system|stack|module|validation|algorithm|structure|reduction|activity|strategy|finetuning|state)\b/,
  },
  {
    role: "planner",
    ends: /(?:^|\b(?:\w+ )?)(?:(?:task|feature|implementation|code|coding|change|fix|dev|development|technical|work|refactor|refactoring) )?planner$/,
    unless:
      /\b(?:project|sprint|iteration|release|schedule|test|infra|roadmap|deployment|strategy|security|architecture|integration|concept|event|trip|meal|wedding|migration|data|demand|supply|route|path|motion|query|pm|eval|evaluation|research|phase)\b/,
  },
  {
    role: "implementer",
    ends: new RegExp(
      `(?:implementer|implementor|coder|programmer|(?:${STACK}|${LAYERS}) (?:developer|engineer|dev|builder)|(?:^|\\b\\w+ )developer|code refactorer|refactorer|refactoring (?:specialist|expert|engineer))$`,
    ),
    unless:
      /\b(?:security|relations|advocate|experience|test\w*|qa|performance|reliability|observability|seo|docs?|documentation|infra\w*|data|ml|ai|prompt|review\w*|elasticsearch|db)\b/,
  },
  {
    role: "implementer",
    ends: new RegExp(`(?:^|\\b)${STACK} (?:pro|expert|specialist|master|guru)$`),
    unless: NOT_FEATURES,
  },
];

/** Words of a description that may refer to work of other agents. */
export const DOUBTS =
  /\b(?:not|never|no|without|rather than|instead of|except|unless|don't|doesn't|before|after|other agents?|agents|delegat\w*|coordinat\w*|orchestrat\w*|or|plans? and)\b/i;

/** The work of a role in a description: `opens` at its beginning, `mentions` anywhere in its first sentence. */
interface Opening {
  role: string;
  opens: RegExp;
  mentions: RegExp;
}

/** Phrases that come before the work itself in a description. */
const LEAD = String.raw`(?:(?:use|used) (?:this agent |proactively )?(?:to|for|when you need to) |(?:an? |the )?(?:\w+ )?agent (?:that|who|which) |expert at )?`;

function opening(role: string, words: string): Opening {
  return {
    role,
    opens: new RegExp(`^${LEAD}(?:${words})`, "i"),
    mentions: new RegExp(`\\b(?:${words})`, "i"),
  };
}

/** The work that a description can open with. If its first sentence mentions the work of a second role, it decides nothing. */
export const OPENINGS: readonly Opening[] = [
  opening(
    "security-reviewer",
    String.raw`(?:find|audit|review|scan|check|hunt|look)\w* (?:the |our )?(?:code |codebase |changes )?for (?:security )?vulnerabilit\w+`,
  ),
  opening(
    "reviewer",
    String.raw`review(?:s|ing)? (?:the |your |all |each )?(?:code|source code|pull requests?|prs?|diffs?|code changes?|changes)\b`,
  ),
  opening(
    "test-writer",
    String.raw`(?:writ|creat|generat|add)\w* (?:missing |new |comprehensive |automated )*(?:unit |integration |e2e |end-to-end )?tests?\b(?! (?:plan|case doc))`,
  ),
  opening(
    "formatter",
    String.raw`(?:format|lint)\w*\b(?: and (?:format|lint)\w*)? (?:the |your |all )?(?:code|files|source|imports)\b`,
  ),
  opening(
    "commit-and-docs",
    String.raw`(?:writ|creat|generat|draft)\w* (?:\w+ )?(?:commit messages?|changelogs?|changelog entr\w+|release notes)\b`,
  ),
  opening(
    "explorer",
    String.raw`(?:find|locat|search)\w*(?:,? and (?:find|locat|search)\w*)? (?:files?|symbols?|definitions?|usages?|the code ?base|where)\b`,
  ),
  opening(
    "debugger",
    String.raw`debug(?:s|ging)? (?:\w+ )?(?:failures?|failing tests?|errors?|issues?|bugs?|code|crashes)\b`,
  ),
];
