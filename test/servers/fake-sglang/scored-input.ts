import type { Exchange } from "../http/exchange.js";
import { scoredToken } from "../script/scored-token.js";
import type { FakeSglangState } from "./endpoints.js";
import { SglangError } from "./sglang-error.js";

type Scored = readonly [logprob: number | null, id: number, text: string];

/**
 * SGLang's own `/generate`, as far as an input is scored: from `logprob_start_len` on, the first of them without a
 * log-probability. What stands before may come from the cache, so a start of 0 reads all anew.
 */
export function generateNative(exchange: Exchange, state: FakeSglangState): void {
  const { options, tokenizer } = state;
  const { body } = exchange.record;
  const { text, input_ids, logprob_start_len = -1, top_logprobs_num = 0 } = body;
  if ((text === undefined) === (input_ids === undefined)) {
    throw new SglangError(400, "Either text, input_ids or input_embeds should be provided.");
  }
  const ids = (input_ids ?? tokenizer.encode(String(text))) as readonly number[];
  if (ids.length >= options.contextLength) {
    throw new SglangError(
      400,
      `The input (${ids.length} tokens) is longer than the model's context length (${options.contextLength} tokens).`,
    );
  }
  if (Number(logprob_start_len) > ids.length) {
    throw new SglangError(
      400,
      `req.logprob_start_len=${logprob_start_len} is higher than the number of input tokens len(req.origin_input_ids)=${ids.length}. Please use a smaller logprob_start_len.`,
    );
  }
  exchange.record.prompt = tokenizer.decode(ids);
  const start = logprob_start_len === -1 ? ids.length : Number(logprob_start_len);
  const k = Number(top_logprobs_num);
  const scored = ids.slice(start).map((_, index) => scoredAt(state, ids, start + index, k));
  const told =
    body.return_logprob !== true
      ? {}
      : {
          input_token_logprobs: scored.map(({ own }, index) => withoutFirst(own, index)),
          output_token_logprobs: [],
          ...(k === 0
            ? {}
            : { input_top_logprobs: scored.map(({ top }, index) => (index === 0 ? null : top)) }),
        };
  exchange.json(200, {
    text: "",
    output_ids: [],
    meta_info: {
      id: "fake",
      finish_reason: { type: "length", length: 0 },
      prompt_tokens: ids.length,
      completion_tokens: 0,
      cached_tokens: start,
      ...told,
    },
  });
}

function withoutFirst([logprob, id, text]: Scored, index: number): Scored {
  return [index === 0 ? null : logprob, id, text];
}

function scoredAt(
  { options, tokenizer }: FakeSglangState,
  ids: readonly number[],
  at: number,
  k: number,
): { readonly own: Scored; readonly top: readonly Scored[] } {
  const [id = 0] = ids.slice(at);
  const text = tokenizer.decode([id]);
  const { logprob, top } = scoredToken(options.model, tokenizer.decode(ids.slice(0, at)), text);
  return {
    own: [logprob, id, text],
    top: top.slice(0, k).map(([token, value]) => [value, tokenizer.encode(token)[0] ?? 0, token]),
  };
}
