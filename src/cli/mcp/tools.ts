import { explainTool } from "./explain-tool.ts";
import { fallbacksTool } from "./fallbacks-tool.ts";
import { recommendationsTool } from "./recommendations-tool.ts";
import { spendTool } from "./spend-tool.ts";
import type { McpTool } from "./tool.ts";
import { whyTool } from "./why-tool.ts";

/** Every tool of the MCP server, in the order in which a client lists them. */
export const MCP_TOOLS: readonly McpTool[] = [
  spendTool,
  whyTool,
  fallbacksTool,
  recommendationsTool,
  explainTool,
];
