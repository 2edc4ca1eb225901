import type { Exchange } from "../http/exchange.js";
import { scoredToken } from "../script/scored-token.js";
import type { FakeServerState } from "./endpoints.js";
import { checkPromptLength, checkSampling } from "./validate-request.js";
import { VllmError } from "./vllm-error.js";

type Position = Readonly<Record<number, { logprob: number; rank: number; decoded_token: string }>>;

/**
 * A completion with `prompt_logprobs`: of each token of the prompt but the first, by id, so that JSON puts a position's
 * candidates in an order of its own. Such a request does not read the prefix cache.
 */
export function scorePrompt(exchange: Exchange, state: FakeServerState): void {
  const { cache, options, tokenizer } = state;
  const { body } = exchange.record;
  const k = askedOf(body, options.maxLogprobs ?? 20);
  checkSampling(body, options.maxModelLen);
  const ids = Array.isArray(body.prompt)
    ? (body.prompt as readonly number[])
    : tokenizer.encode(String(body.prompt));
  checkPromptLength(ids.length, options.maxModelLen);
  exchange.record.prompt = tokenizer.decode(ids);
  cache?.keep(ids);
  const usage = {
    prompt_tokens: ids.length,
    completion_tokens: 1,
    total_tokens: ids.length + 1,
    ...(cache === null ? {} : { prompt_tokens_details: { cached_tokens: 0 } }),
  };
  const prompt_logprobs = ids.map((_, at) => (at === 0 ? null : positionOf(state, ids, at, k)));
  const choice = { index: 0, text: " so", logprobs: null, finish_reason: "length" };
  exchange.json(200, {
    id: "cmpl-fake",
    object: "text_completion",
    model: options.modelName,
    choices: [{ ...choice, stop_reason: null, prompt_logprobs }],
    usage,
  });
}

function positionOf(
  { options, tokenizer }: FakeServerState,
  ids: readonly number[],
  at: number,
  k: number,
): Position {
  const text = tokenizer.decode(ids.slice(at, at + 1));
  const { logprob, top } = scoredToken(options.model, tokenizer.decode(ids.slice(0, at)), text);
  const entries = top
    .slice(0, k)
    .map(([token, value], index) => [
      tokenizer.encode(token)[0],
      { logprob: value, rank: index + 1, decoded_token: token },
    ]);
  const own = { logprob, rank: 1 + top.filter(([, value]) => value > logprob).length };
  return Object.fromEntries([...entries, [ids[at], { ...own, decoded_token: text }]]);
}

function askedOf(body: Readonly<Record<string, unknown>>, most: number): number {
  const asked = body.prompt_logprobs;
  if (typeof asked !== "number") {
    throw new VllmError(400, "`prompt_logprobs` must be an integer.");
  }
  if (asked < 0) throw new VllmError(400, "`prompt_logprobs` must be a positive value or -1.");
  if (body.stream === true && asked > 0) {
    throw new VllmError(400, "`prompt_logprobs` are not available when `stream=True`.");
  }
  if (asked > most) {
    throw new VllmError(
      400,
      `Requested prompt logprobs of ${asked}, which is greater than max allowed: ${most}`,
    );
  }
  return asked;
}
