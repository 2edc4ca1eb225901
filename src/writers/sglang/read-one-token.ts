import type { TokenLogprobs } from "../../core/token-distribution.js";
import type { TokenUsage } from "../../router/step-writer.js";
import { firstChoice } from "../completion/first-choice.js";
import { type LegacyLogprobs, readLogprobs } from "../completion/read-logprobs.js";
import { candidateLogprob, type TopMap } from "../completion/read-top-map.js";
import { readUsage } from "../completion/read-usage.js";
import type { OpenAIAccess } from "../connection/openai-client.js";
import { requestJson } from "../connection/send-request.js";
import { answerStatus, serverError } from "../connection/server-error.js";

/** One token that was asked for, for the sake of its candidates. */
export interface OneToken {
  /** The candidates as the server wrote them, impossible ones as -Infinity. */
  readonly map: Readonly<Record<string, number>>;
  /** `null` where the server gave none. */
  readonly token: TokenLogprobs | null;
  readonly usage: TokenUsage;
}

const FREE: TokenUsage = { input_tokens: 0, output_tokens: 0 };

const NOTHING: OneToken = { map: {}, token: null, usage: FREE };

/**
 * Asks for one token, not streamed: there is nothing in it to break off. What the server refuses here is
 * read as nothing: it refuses the thought's own request, too, and that is told.
 *
 * @param body - a text completion's fields, `logprobs` among them
 * @throws GlimpRouterError `server` where the request fails
 */
export async function readOneToken(
  access: OpenAIAccess,
  body: Readonly<Record<string, unknown>> & { readonly logprobs: number },
  signal?: AbortSignal,
): Promise<OneToken> {
  const request = { ...body, max_tokens: 1 };
  const reply = await requestJson(access, "/completions", request, signal).catch(
    (error: unknown) => {
      if (signal?.aborted) throw error;
      if (isRefusal(answerStatus(error))) return null;
      throw serverError(error, access, "reading log-probabilities");
    },
  );
  const { choices, usage } = (reply ?? {}) as {
    choices?: readonly { index?: number; logprobs?: LegacyLogprobs | null }[];
    usage?: unknown;
  };
  const logprobs = firstChoice(choices)?.logprobs;
  if (!logprobs) return NOTHING;
  return {
    map: withNumbers(logprobs.top_logprobs?.[0] ?? {}),
    token: readLogprobs(logprobs, body.logprobs)[0] ?? null,
    usage: readUsage(usage).usage ?? FREE,
  };
}

function withNumbers(map: TopMap): OneToken["map"] {
  return Object.fromEntries(
    Object.entries(map).map(([token, logprob]) => [token, candidateLogprob(logprob)]),
  );
}

function isRefusal(status: number | null): boolean {
  return status !== null && status < 500;
}
