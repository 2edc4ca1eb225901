import type { CallbackHandlerMethods } from "@langchain/core/callbacks/base";

/** A handler that notes the response format that each model run tells (`ls_structured_output_format`). */
export function toldFormats(): {
  readonly told: readonly unknown[];
  readonly callbacks: CallbackHandlerMethods[];
} {
  const told: unknown[] = [];
  const handler: CallbackHandlerMethods = {
    handleChatModelStart: (_llm, _messages, _runId, _parent, extra) => {
      told.push(
        (extra?.options as Record<string, unknown> | undefined)?.ls_structured_output_format,
      );
    },
  };
  return { told, callbacks: [handler] };
}
