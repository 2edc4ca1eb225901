import type { TokenLogprob } from "../../core/token-distribution.js";
import type { ScoredText, StepWriter } from "../../router/step-writer.js";
import { readUsage } from "../completion/read-usage.js";
import { scoring } from "../completion/scoring.js";
import { modelParams } from "../connection/model-params.js";
import type { OpenAIAccess } from "../connection/openai-client.js";
import { requestJson } from "../connection/send-request.js";
import { UnexpectedReply } from "../connection/unexpected-reply.js";
import { tokenize } from "./sglang-tokenize.js";

/** Log-probability (of the first one there is none), id, text. */
type Scored = readonly [logprob: number | null, id: number, text: string | null];

interface ScoredInput {
  readonly meta_info?: {
    readonly prompt_tokens?: unknown;
    readonly completion_tokens?: unknown;
    readonly cached_tokens?: unknown;
    readonly input_token_logprobs?: readonly Scored[] | null;
    readonly input_top_logprobs?: readonly (readonly Scored[] | null)[] | null;
  };
}

/**
 * Log-probabilities of a given text by SGLang's own `/generate`: its OpenAI routes have none of a prompt. From
 * `logprob_start_len` on the prompt is read, and what stands before it comes from the prefix cache.
 */
export function sglangScore(access: OpenAIAccess): NonNullable<StepWriter["scorePrompt"]> {
  return scoring(access, {
    tokenize: (text, addsBos, signal) => {
      const { model } = modelParams(access);
      return tokenize(access, { model, prompt: text, add_special_tokens: addsBos }, signal);
    },
    async score({ ids, from }, topLogprobs, signal) {
      const { lora_path } = modelParams(access).sampling;
      // The token before tells the text's first one.
      const start = Math.max(0, from - 1);
      const asked = {
        input_ids: ids,
        // Names no model, and so no adapter: `base:adapter`, which its OpenAI routes take apart.
        ...(lora_path === undefined ? {} : { lora_path }),
        sampling_params: { max_new_tokens: 0, temperature: 0 },
        return_logprob: true,
        logprob_start_len: start,
        top_logprobs_num: topLogprobs,
        return_text_in_logprobs: true,
      };
      const reply = await requestJson(access, `${access.rootURL}/generate`, asked, signal);
      return readScored(reply, ids.length - start);
    },
  });
}

function readScored(reply: unknown, length: number): ScoredText {
  const { meta_info = {} } = (reply ?? {}) as ScoredInput;
  const { input_token_logprobs: own, input_top_logprobs: top, ...counts } = meta_info;
  if (own?.length !== length) {
    throw new UnexpectedReply(200, "a reply without its input's log-probabilities", textOf(reply));
  }
  const tokens = own.slice(1).map(([logprob, , text], index) => ({
    token: text ?? "",
    logprob,
    top: (top?.[index + 1] ?? []).map(candidate),
  }));
  const { cached_tokens } = counts;
  return { tokens, ...readUsage({ ...counts, prompt_tokens_details: { cached_tokens } }) };
}

function candidate([logprob, , text]: Scored): TokenLogprob {
  return { token: text ?? "", logprob: logprob ?? Number.NaN };
}

function textOf(reply: unknown): string {
  return typeof reply === "string" ? reply : JSON.stringify(reply);
}
