import { GlimpRouterError } from "../../errors.js";
import type { TokenUsage, WriteOptions, Written } from "../../router/step-writer.js";
import { refusesLogprobsForm } from "../connection/logprobs-refusal.js";

/** One way of asking for a probe. */
export type ProbeWay<Request> = (
  request: Request,
  signal?: AbortSignal,
) => AsyncGenerator<Written, void, void>;

/** One greedy token, for the sake of its candidates. */
export function isProbe({ temperature, topLogprobs, glimpseAt }: WriteOptions): boolean {
  return temperature === 0 && topLogprobs > 0 && glimpseAt === undefined;
}

/** By client: which way brought log-probabilities. Writers of one reply each may be made over the same client. */
const knownWays = new WeakMap<object, number>();

/**
 * Asks for probes in several ways, until one brings log-probabilities: some servers and gateways have them in
 * whole replies only, some want to be asked as in a chat. The way that does is the way of all probes to come;
 * what the last one brings is handed on as it is.
 *
 * @param client - whose way is remembered
 */
export function firstWayOf<Request>(
  client: object,
  ways: readonly ProbeWay<Request>[],
): ProbeWay<Request> {
  return async function* (request, signal) {
    const known = ways[knownWays.get(client) ?? -1];
    if (known !== undefined) return yield* known(request, signal);
    for (const [earlier, way] of ways.entries()) {
      const isLast = earlier === ways.length - 1;
      const remember = () => {
        knownWays.set(client, earlier);
      };
      const isOver = yield* attempt(way(request, signal), { earlier, isLast, remember });
      if (isOver) return;
    }
  };
}

/**
 * Hands a reply on as soon as it has log-probabilities. Where it has none, nothing of it was handed on.
 *
 * @param how.remember - called at once: whoever has read the token may leave
 * @returns whether that was all
 */
async function* attempt(
  reply: AsyncIterable<Written>,
  how: { readonly earlier: number; readonly isLast: boolean; readonly remember: () => void },
): AsyncGenerator<Written, boolean, void> {
  let isFound = false;
  try {
    for await (const written of reply) {
      if (!isFound && hasTokens(written)) {
        isFound = true;
        how.remember();
      }
      if (!isFound && !how.isLast && isWithout(written)) return false;
      yield withEarlier(written, how.earlier);
    }
    return true;
  } catch (error) {
    if (isFound || how.isLast || !isRefusedForm(error)) throw error;
    return false;
  }
}

function hasTokens(written: Written): boolean {
  return written.type === "text" && written.tokens.length > 0;
}

/** A token came, and nothing about it. EOS has no text. */
function isWithout(written: Written): boolean {
  return written.type === "end" || written.text !== "";
}

function isRefusedForm(error: unknown): boolean {
  if (!GlimpRouterError.isInstance(error)) return false;
  return error.reason === "no_logprobs" || refusesLogprobsForm(error.message);
}

/** The same prompt was read as often, and a token thrown away each time: none of the text. */
function withEarlier(written: Written, times: number): Written {
  const { usage } = written;
  if (usage === undefined || times === 0) return written;
  const { input_tokens, output_tokens, reasoning_tokens = 0 } = usage;
  const sum: TokenUsage = {
    ...usage,
    input_tokens: input_tokens * (times + 1),
    output_tokens: output_tokens + times,
    reasoning_tokens: reasoning_tokens + times,
  };
  return { ...written, usage: sum };
}
