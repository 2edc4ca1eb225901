import type { ServedModel } from "./bench-server-options.js";
import type { Prefill, ReadPrompt } from "./prefill.js";

/** What was scored, and what had to be read for it. */
interface Scored {
  readonly reply: object;
  readonly prompt: ReadPrompt;
}

type Body = Readonly<Record<string, unknown>>;

/** What any token of a given text is taken to be. */
const LOGPROB = -0.25;

/** vLLM's reply to `prompt_logprobs`: it does not read the prefix cache, and writes one token. */
export async function vllmScored(
  prefill: Prefill,
  model: ServedModel,
  body: Body,
): Promise<Scored> {
  const ids = body.prompt as readonly number[];
  const prompt = await prefill.read(model, ids, { most: 0 });
  const { tokens } = prompt;
  const prompt_logprobs = ids.map((id, at) =>
    at === 0
      ? null
      : { [id]: { logprob: LOGPROB, rank: 1, decoded_token: prefill.tokenizer.decode([id]) } },
  );
  const reply = {
    choices: [{ index: 0, text: " so", finish_reason: "length", prompt_logprobs }],
    usage: {
      prompt_tokens: tokens,
      completion_tokens: 1,
      total_tokens: tokens + 1,
      prompt_tokens_details: { cached_tokens: 0 },
    },
  };
  return { reply, prompt };
}

/** SGLang's reply to `/generate` without a token to write: what stands before `logprob_start_len` may be cached. */
export async function sglangScored(
  prefill: Prefill,
  model: ServedModel,
  body: Body,
): Promise<Scored> {
  const ids = body.input_ids as readonly number[];
  const start = Number(body.logprob_start_len);
  const prompt = await prefill.read(model, ids, { most: start });
  const { tokens, cached } = prompt;
  const scored = ids
    .slice(start)
    .map((id, at) => [at === 0 ? null : LOGPROB, id, prefill.tokenizer.decode([id])]);
  const reply = {
    text: "",
    meta_info: {
      prompt_tokens: tokens,
      completion_tokens: 0,
      cached_tokens: cached,
      input_token_logprobs: scored,
    },
  };
  return { reply, prompt };
}
