import { StopFilter } from "../../core/stop-filter.js";
import { GlimpRouterError } from "../../errors.js";
import type { OpenAIAccess } from "../connection/openai-client.js";
import { printableURL } from "../connection/server-error.js";
import { toRefusal } from "./ollama-refusal.js";

/** A line of `POST /api/generate`. */
export interface GenerateEvent {
  readonly response?: string;
  readonly thinking?: string;
  readonly logprobs?: readonly unknown[] | null;
  readonly done?: boolean;
  readonly done_reason?: string;
  readonly prompt_eval_count?: number;
  readonly eval_count?: number;
}

/** Tokens by which a longer prompt may count less: where two texts meet, tokens of both can be one. */
const SLACK = 4;

/**
 * The lines of a generation as events of OpenAI's text completions. The text is ended at a stop string here.
 *
 * @param how.promptTokens - tokens that the prompt has at least, `null` where nobody knows
 * @throws GlimpRouterError `context` where the server has read less than that; `server` where it took a thought apart
 */
export async function* generateEvents(
  lines: AsyncIterable<unknown>,
  access: OpenAIAccess,
  how: { readonly stop: readonly string[]; readonly promptTokens: number | null },
): AsyncGenerator<unknown, void, void> {
  const stop = new StopFilter(how.stop);
  try {
    for await (const line of lines) {
      const event = (line ?? {}) as GenerateEvent;
      if (event.thinking) throw takenApart(access);
      // The server is not told of them: behind its last line nothing is waited for.
      const { text, matched } = stop.push(event.response ?? "", event.done === true);
      if (matched === null && event.done === true) requireWhole(event, access, how.promptTokens);
      yield chunkOf(event, { text, matched });
      if (matched !== null) return;
    }
  } catch (error) {
    throw toRefusal(error);
  }
}

/** With what the event carries: candidates that are still unread are found by it. */
function chunkOf(
  event: GenerateEvent,
  { text, matched }: { readonly text: string; readonly matched: string | null },
): unknown {
  const { logprobs, done, done_reason, prompt_eval_count, eval_count } = event;
  const finish_reason = matched !== null ? "stop" : done === true ? (done_reason ?? null) : null;
  return {
    ...event,
    choices: [
      {
        index: 0,
        text,
        logprobs: Array.isArray(logprobs) ? { content: logprobs } : null,
        finish_reason,
        stop_reason: matched,
      },
    ],
    ...(done === true && matched === null
      ? { usage: { prompt_tokens: prompt_eval_count, completion_tokens: eval_count } }
      : {}),
  };
}

/** A server, or what stands before it, that ignores `truncate: false` reads less of a prompt that has grown. */
function requireWhole(
  { prompt_eval_count: read }: GenerateEvent,
  access: OpenAIAccess,
  least: number | null,
): void {
  if (read === undefined || least === null || read + SLACK >= least) return;
  const { role } = access;
  throw new GlimpRouterError(
    `The ${role} model's server at ${printableURL(access)} read ${read} tokens of a prompt of ${least} or more: it cut the beginning off, although it was told not to. Set \`numCtx\` higher, or look at what stands in front of the server.`,
    { reason: "context", role },
  );
}

function takenApart(access: OpenAIAccess): GlimpRouterError {
  const { role } = access;
  return new GlimpRouterError(
    `The ${role} model's server at ${printableURL(access)} took the thought apart by a parser of its own, although it was told not to (\`think: false\`). Look at what stands in front of it: it must pass \`think\` on.`,
    { reason: "server", role },
  );
}
