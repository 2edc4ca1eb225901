import { GlimpRouterError } from "../../errors.js";
import type { OpenAIAccess } from "./openai-client.js";

/** LiteLLM's proxy heads its own replies so; what it passes through it leaves alone. */
export function isOfLiteLLM({ headers }: Response): boolean {
  return headers.has("x-litellm-call-id") || headers.has("x-litellm-version");
}

/**
 * A streamed text of LiteLLM's own route, which loses the log-probabilities that were asked for.
 *
 * @throws GlimpRouterError `no_logprobs` at the first text without, with the ways past it
 */
export async function* withLogprobs(
  events: AsyncIterable<unknown>,
  { role }: OpenAIAccess,
): AsyncGenerator<unknown, void, void> {
  for await (const event of events) {
    const { choices } = event as { choices?: { text?: unknown; logprobs?: unknown }[] };
    if (choices?.[0]?.text && !choices[0].logprobs) {
      throw new GlimpRouterError(
        `The ${role} model's server is LiteLLM, whose own routes lose the log-probabilities of a streamed text. Give it a pass-through endpoint (docs/servers/gateways.md), or set \`glimpse: "probe"\`, which asks for whole replies here.`,
        { reason: "no_logprobs", role },
      );
    }
    yield event;
  }
}
