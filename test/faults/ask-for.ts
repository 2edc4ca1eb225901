import { type AIMessage, AIMessageChunk } from "@langchain/core/messages";
import type { Runnable } from "@langchain/core/runnables";
import type { GlimpRouterChatModel, ResumeState } from "../../src/index.js";
import type { Cell } from "./cell.js";

/** A router that is asked as a cell says. */
export type AskedRouter = Runnable<string, AIMessageChunk>;

const WEATHER = {
  type: "function",
  function: {
    name: "weather",
    description: "Tells the weather of a city.",
    parameters: {
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"],
    },
  },
} as const;

const SUM = {
  type: "json_schema",
  json_schema: {
    name: "sum",
    schema: { type: "object", properties: { sum: { type: "number" } }, required: ["sum"] },
  },
} as const;

export function asAsked(
  router: GlimpRouterChatModel,
  { answer }: Cell,
  resume?: ResumeState,
): AskedRouter {
  const goingOn = resume === undefined ? {} : { resume };
  if (answer === "json") return router.withConfig({ response_format: SUM, ...goingOn });
  if (answer === "text") return router.withConfig(goingOn);
  return router.bindTools([WEATHER], goingOn);
}

/** Of a whole message, or of a piece of one: its text, or the name and arguments of a call. */
export function saidIn(message: AIMessage | AIMessageChunk): string {
  const { text, tool_calls = [] } = message;
  const isPiece = AIMessageChunk.isInstance(message) && message.tool_call_chunks !== undefined;
  const calls = isPiece
    ? (message.tool_call_chunks ?? []).map(({ name, args }) => (name ?? "") + (args ?? ""))
    : tool_calls.map(({ name, args }) => name + JSON.stringify(args));
  return text + calls.join("");
}
