import type { BaseMessage } from "@langchain/core/messages";
import { GlimpRouterError } from "../../errors.js";

/**
 * Refuses messages that no thought can begin behind, before anything is spent.
 *
 * @throws GlimpRouterError `invalid_input`
 */
export function checkMessages(messages: readonly BaseMessage[]): void {
  const last = messages.at(-1);
  if (last === undefined) {
    throw new GlimpRouterError(
      "The messages are empty. Give at least one, such as a HumanMessage.",
      {
        reason: "invalid_input",
      },
    );
  }
  if (last.getType() === "ai") {
    throw new GlimpRouterError(
      `The last of the ${messages.length} messages is an assistant message, which the router would have to finish. End with a HumanMessage or a ToolMessage; the router begins the thought itself.`,
      { reason: "invalid_input" },
    );
  }
}
