import { commonPrefixLength } from "../core/common-prefix.js";
import { GlimpRouterError } from "../errors.js";
import type { ScoredText } from "../router/step-writer.js";
import { unlessAborted } from "../router/unless-aborted.js";
import type { LocalEngine } from "./local-engine.js";
import { SAMPLING_DEFAULTS, samplingFor } from "./sampling-options.js";
import type { Reading } from "./token-reading.js";
import { UnnamedToken } from "./unnamed-token.js";

/**
 * Log-probabilities of a given text behind another one. What the cache holds of that one is not evaluated again, and
 * both are cached when it is over: whoever goes on behind the text finds it.
 *
 * @throws the signal's reason; GlimpRouterError `context` where there is no room for both
 */
export async function scoreText(
  engine: LocalEngine,
  thought: string,
  text: string,
  topLogprobs: number,
  signal?: AbortSignal,
): Promise<ScoredText> {
  signal?.throwIfAborted();
  const tokens = engine.encode(thought + text);
  if (tokens.length > engine.contextSize) throw noRoom(tokens.length, engine.contextSize);
  // Of the first token of all there is no log-probability.
  const from = Math.max(1, commonPrefixLength(engine.encode(thought), tokens));
  const { reader, release } = await engine.lease(
    tokens,
    { sampling: samplingFor(SAMPLING_DEFAULTS, {}), maxTokens: 0 },
    signal,
  );
  // The sequence is not free before the engine is done, also where nobody waits for it.
  const reading = reader
    .readGiven(tokens, from, topLogprobs, signal)
    .finally(() => reader.end().finally(release));
  try {
    const readings = await unlessAborted(reading, signal);
    return {
      tokens: readings.map((each, index) => named(engine, each, before(tokens, from + index))),
      usage: {
        input_tokens: tokens.length,
        output_tokens: 0,
        cached_tokens: reader.cachedTokens,
      },
    };
  } catch (error) {
    throw engine.explain(error);
  }
}

/** Enough for a tokenizer to know whether a leading space belongs to a token's text. */
function before(tokens: readonly number[], at: number): readonly number[] {
  return tokens.slice(Math.max(0, at - 3), at);
}

function named(engine: LocalEngine, { token, logprob, top }: Reading, before: readonly number[]) {
  const nameOf = (id: number): string => engine.decode([id], before);
  return new UnnamedToken(nameOf(token), logprob, top, nameOf);
}

function noRoom(tokens: number, contextSize: number): GlimpRouterError {
  return new GlimpRouterError(
    `Prompt, thought and text have ${tokens} tokens, and the local model's context has room for ${contextSize}. Load the model with a larger \`contextSize\`.`,
    { reason: "context" },
  );
}
