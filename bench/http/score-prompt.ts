import type { Prefill } from "./prefill.js";

type Body = Readonly<Record<string, unknown>>;

/** What any token of a given text is taken to be. */
const LOGPROB = -0.25;

/** vLLM's reply to `prompt_logprobs`: it does not read the prefix cache, and writes one token. */
export async function vllmScored(prefill: Prefill, model: string, body: Body): Promise<object> {
  const ids = body.prompt as readonly number[];
  const { tokens } = await prefill.read(model, ids, 0);
  const prompt_logprobs = ids.map((id, at) =>
    at === 0 ? null : { [id]: { logprob: LOGPROB, rank: 1, decoded_token: prefill.decode([id]) } },
  );
  return {
    choices: [{ index: 0, text: " so", finish_reason: "length", prompt_logprobs }],
    usage: {
      prompt_tokens: tokens,
      completion_tokens: 1,
      total_tokens: tokens + 1,
      prompt_tokens_details: { cached_tokens: 0 },
    },
  };
}

/** SGLang's reply to `/generate` without a token to write: what stands before `logprob_start_len` may be cached. */
export async function sglangScored(prefill: Prefill, model: string, body: Body): Promise<object> {
  const ids = body.input_ids as readonly number[];
  const start = Number(body.logprob_start_len);
  const { tokens, cached } = await prefill.read(model, ids, start);
  const scored = ids
    .slice(start)
    .map((id, at) => [at === 0 ? null : LOGPROB, id, prefill.decode([id])]);
  return {
    text: "",
    meta_info: {
      prompt_tokens: tokens,
      completion_tokens: 0,
      cached_tokens: cached,
      input_token_logprobs: scored,
    },
  };
}
