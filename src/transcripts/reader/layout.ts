/**
 * Numbers that both sides of the reader use: TypeScript and AssemblyScript compile this file. docs/reader.md explains the memory
 * map. Every constant is a plain number, because both languages read that in the same way.
 */

// Addresses. AssemblyScript keeps its own data below the first one; a test checks that.
/** Text that TypeScript passes to a function. */
export const TEXT = 4096;
export const TEXT_BYTES = 512;
/** Numbers about the file and its current line: 64-bit floats in the slots named STATE_… */
export const STATE = TEXT + TEXT_BYTES;
export const STATE_SLOTS = 16;
/** Begin and end of the value of each FIELD_…, as 32-bit addresses; 0 if the line does not have it. */
export const FIELDS = STATE + 8 * STATE_SLOTS;
export const FIELD_SLOTS = 192;
/** A hash table of the names to look for: a header of 8 bytes and the name itself. */
export const NAMES = FIELDS + 8 * FIELD_SLOTS;
export const NAME_SLOTS = 512;
export const NAME_HEADER_BYTES = 8;
export const LONGEST_NAME = 32;
export const NAME_BYTES = NAME_HEADER_BYTES + LONGEST_NAME;
/** Contexts of requests that have a number: a 64-bit hash, the number, and 1 if the length of their answers is measured. */
export const CONTEXTS = NAMES + NAME_SLOTS * NAME_BYTES;
export const CONTEXT_SLOTS = 1024;
export const CONTEXT_BYTES = 24;
/** The context of a request, as JSON. */
export const CONTEXT_TEXT = CONTEXTS + CONTEXT_SLOTS * CONTEXT_BYTES;
export const CONTEXT_TEXT_BYTES = 16_384;
/** The first working directory that an entry names, as its raw bytes. */
export const FOLDER = CONTEXT_TEXT + CONTEXT_TEXT_BYTES;
export const FOLDER_BYTES = 4096;
/** Requests, with the columns of domain/file-scan.ts: each a 64-bit float. */
export const ROWS = FOLDER + FOLDER_BYTES;
export const ROW_SLOTS = 512;
export const ROW_BYTES = 96;
export const COLUMN_AT = 0;
export const COLUMN_LINE = 1;
export const COLUMN_CONTEXT = 2;
export const COLUMN_INPUT = 3;
export const COLUMN_OUTPUT = 4;
export const COLUMN_THINKING = 5;
export const COLUMN_CACHE_WRITE_5M = 6;
export const COLUMN_CACHE_WRITE_1H = 7;
export const COLUMN_CACHE_READ = 8;
export const COLUMN_WEB_SEARCHES = 9;
export const COLUMN_WRITTEN = 10;
export const COLUMN_STOP = 11;
/** The keys of these requests in the same order, each with a line break behind it. */
export const KEYS = ROWS + ROW_SLOTS * ROW_BYTES;
export const KEYS_BYTES = 65_536;
export const LONGEST_KEY = 200;
/** An id with as many characters is that of one answer alone. A gateway may give all answers a short one. */
export const UNIQUE_LENGTH = 20;
/** The hashes of a text: a hash of all of it, the number of its lines, and the hashes of those that say something. */
export const HASHES = KEYS + KEYS_BYTES;
export const HASHES_LINES = HASHES + 4;
export const HASHES_SAID = HASHES + 8;
export const HASH_SLOTS = 4096;
export const HASHES_BYTES = 8 + 4 * HASH_SLOTS;
/** Lines of the file, up to the end of the memory. */
export const LINES = HASHES + HASHES_BYTES;
/** Bytes behind the last line that may be loaded, though not used. */
export const SLACK_BYTES = 128;

// Slots of STATE.
/** Number of the current line, from 1. */
export const STATE_LINE = 0;
/** Address of the current line, and of the line break behind it. */
export const STATE_START = 1;
export const STATE_END = 2;
/** Address of the first byte that was not taken yet. */
export const STATE_NEXT = 3;
/** Times in ms since the epoch, or NaN: of the current line, and of the first and last entry with a time. */
export const STATE_AT = 4;
export const STATE_FIRST_AT = 5;
export const STATE_LAST_AT = 6;
/** Lines that were understood, and lines that were skipped. */
export const STATE_UNDERSTOOD = 7;
export const STATE_SKIPPED = 8;
/** Used amount of each table: rows, bytes, slots. */
export const STATE_ROWS = 9;
export const STATE_KEYS = 10;
export const STATE_CONTEXTS = 11;
/** Bytes in FOLDER. TypeScript writes -1 if it has found the first working directory itself. */
export const STATE_FOLDER = 12;
/** Bytes in CONTEXT_TEXT. */
export const STATE_CONTEXT_TEXT = 13;
/** 1 if the current request is in a progress entry, and 1 if its entry says that it was forked. */
export const STATE_IS_ECHO = 14;
export const STATE_IS_FORKED = 15;

// What the walk looks for: a sum of these.
export const WANT_REQUESTS = 1;
export const WANT_EVENTS = 2;
export const WANT_CONTENT = 4;

// What the walk stops for. For events the number is multiplied by ASK_EVENTS, and for content by ASK_CONTENT, so that one stop can be
// for all of them.
/** Nothing: every complete line was taken. */
export const ASK_NOTHING = 0;
/** TypeScript parses the line. */
export const ASK_PARSE = 1;
/** Requests: TypeScript calls `addRequest` with the number of the context. */
export const ASK_CONTEXT = 2;
/** Requests: TypeScript takes what is in ROWS and KEYS. No line was taken. */
export const ASK_EMPTY = 3;
/** Events: the entry has one tool call, has one tool result, or is an attachment. TypeScript decides whether to parse it. */
export const ASK_CALL = 4;
export const ASK_RESULT = 5;
export const ASK_ATTACHMENT = 6;
/** Events: the same for a progress entry that repeats one tool result of an agent. */
export const ASK_ECHO_RESULT = 7;
export const ASK_EVENTS = 16;
/** Events: a part of an answer without a call of a tool. */
export const ASK_TEXT = 8;
/** Content: the message has one block, which is thinking. ASK_CALL, ASK_RESULT and ASK_TEXT say the same of other blocks. */
export const ASK_THINKING = 9;
/** Content: an entry that is neither a message nor an attachment. TypeScript decides by its type whether to parse it. */
export const ASK_OTHER = 10;
/** Content: progress of a hook. */
export const ASK_HOOK = 11;
/** Content: added if a progress entry repeats such a message of an agent. */
export const ASK_ECHO = 32;
export const ASK_CONTENT = 256;

// Where a name counts: in an object of one kind, or as a value of one kind.
export const NOWHERE = 0;
export const IN_ENTRY = 1;
export const IN_MESSAGE = 2;
export const IN_USAGE = 3;
export const IN_CACHE_CREATION = 4;
export const IN_SERVER_TOOL_USE = 5;
export const IN_OUTPUT_DETAILS = 6;
export const IN_ITERATION = 7;
export const IN_BLOCK = 8;
export const IN_ATTACHMENT = 9;
export const IN_DATA = 10;
export const IN_ECHO = 11;
export const AS_ENTRY_TYPE = 12;
export const AS_BLOCK_TYPE = 13;
export const AS_DATA_TYPE = 14;
export const IN_TOOL_INPUT = 15;
export const IN_OUTCOME = 16;
export const AS_STOP_REASON = 17;

// Types of entries, as AS_ENTRY_TYPE numbers them: one of these for requests, 0 if TypeScript has to parse the entry …
export const ENTRY_ANSWER = 1;
export const ENTRY_PROGRESS = 2;
export const ENTRY_UNDERSTOOD = 3;
export const ENTRY_SKIPPED = 4;
// … and one of these for events, 0 if they do not need the entry, multiplied by ENTRY_EVENTS.
export const ENTRY_EVENTS = 8;
export const EVENTS_ANSWER = 1;
export const EVENTS_USER = 2;
export const EVENTS_ATTACHMENT = 3;
export const EVENTS_PROGRESS = 4;
export const EVENTS_ALWAYS = 5;

// Types of content blocks, as AS_BLOCK_TYPE numbers them. All others are 0.
export const BLOCK_TEXT = 1;
export const BLOCK_CALL = 2;
export const BLOCK_RESULT = 3;
export const BLOCK_THINKING = 4;

// Types of progress, as AS_DATA_TYPE numbers them. All others are 0.
export const DATA_AGENT_PROGRESS = 1;
export const DATA_HOOK_PROGRESS = 2;

// Fields. Those of a repeated entry (IN_ECHO) have the number of the entry's own field and ECHO on top.
export const ECHO = 96;
export const FIELD_TYPE = 1;
export const FIELD_TIMESTAMP = 2;
export const FIELD_MESSAGE = 3;
export const FIELD_UUID = 4;
export const FIELD_FORKED_FROM = 5;
export const FIELD_STREAM_CUT = 8;
export const FIELD_USAGE = 9;
export const FIELD_INPUT = 10;
export const FIELD_OUTPUT = 11;
export const FIELD_OUTPUT_DETAILS = 12;
export const FIELD_THINKING = 13;
export const FIELD_CACHE_WRITE = 14;
export const FIELD_CACHE_CREATION = 15;
export const FIELD_CACHE_5M = 16;
export const FIELD_CACHE_1H = 17;
export const FIELD_CACHE_READ = 18;
export const FIELD_SERVER_TOOL_USE = 19;
export const FIELD_WEB_SEARCHES = 20;
export const FIELD_ITERATIONS = 21;
export const FIELD_ITERATION_TYPE = 22;
export const FIELD_DATA = 23;
export const FIELD_DATA_TYPE = 24;
export const FIELD_DATA_AGENT_ID = 25;
export const FIELD_DATA_MESSAGE = 26;
export const FIELD_CONTENT = 27;
export const FIELD_CALL_NAME = 28;
export const FIELD_DIAGNOSTICS = 29;
export const FIELD_CALLED_BY = 30;
export const FIELD_HOOK_NAME = 31;
export const FIELD_STOP_REASON = 32;
export const FIELD_ATTACHMENT = 33;
export const FIELD_ATTACHMENT_TYPE = 34;
export const FIELD_REQUEST_REF = 35;
export const FIELD_OUTCOME = 36;
export const FIELD_BACKGROUND_TASK = 37;
export const FIELD_TIMED_OUT = 38;
export const FIELD_TIMED_OUT_AFTER = 39;
/** From here on: everything that goes into the context of a request. */
export const FIRST_CONTEXT_FIELD = 40;
export const FIELD_SESSION = 40;
export const FIELD_AGENT_ID = 41;
export const FIELD_IS_SIDECHAIN = 42;
export const FIELD_AGENT_TYPE = 43;
export const FIELD_MODEL = 44;
export const FIELD_REQUESTED_MODEL = 45;
export const FIELD_EFFORT = 46;
export const FIELD_BRANCH = 47;
export const FIELD_FOLDER = 48;
export const FIELD_VERSION = 49;
export const FIELD_NICKNAME = 50;
export const FIELD_REQUEST_SESSION = 51;
export const FIELD_IS_ABORTED = 52;
export const FIELD_SPEED = 53;
export const FIELD_GEO = 54;
export const FIELD_SERVICE_TIER = 55;
/** Only how these begin goes into the context. */
export const END_HASHED_FIELDS = 56;
export const FIELD_ID = 56;
export const FIELD_REQUEST_ID = 57;
export const END_CONTEXT_FIELDS = 58;
/** From here on: fields of a content block. With several blocks they are those of the last. */
export const FIRST_BLOCK_FIELD = 60;
export const FIELD_BLOCK_TYPE = 60;
export const FIELD_BLOCK_NAME = 61;
export const FIELD_RESULT_OF = 62;
export const FIELD_IS_ERROR = 63;
export const FIELD_CALL_ID = 64;
export const FIELD_BLOCK_TEXT = 65;
export const FIELD_THINKING_TEXT = 66;
export const FIELD_RESULT_CONTENT = 67;
export const FIELD_TOOL_INPUT = 68;
export const FIELD_COMMAND = 69;
export const FIELD_FILE_PATH = 70;
export const FIELD_NOTEBOOK_PATH = 71;
export const FIELD_PATTERN = 72;
export const FIELD_AGENT_CALLED = 73;
export const FIELD_OLD_STRING = 74;
export const FIELD_NEW_STRING = 75;
export const FIELD_NEW_CONTENT = 76;
export const END_BLOCK_FIELDS = 77;
