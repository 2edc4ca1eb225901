import type { TokenLogprobs } from "../../core/token-distribution.js";
import type { StepWriter } from "../../router/step-writer.js";
import { firstChoice } from "../completion/first-choice.js";
import { readUsage } from "../completion/read-usage.js";
import type { TextOpening } from "../completion/text-completion.js";
import { tokensBehind } from "../completion/tokens-behind.js";
import { modelParams } from "../connection/model-params.js";
import type { OpenAIAccess } from "../connection/openai-client.js";
import { requestJson, UnexpectedReply } from "../connection/send-request.js";
import { serverError } from "../connection/server-error.js";
import { tokenizeText } from "./tokenize-detokenize.js";

/** A position of the prompt: its own token and, where they were asked for, the likeliest ones, by id. */
type Position = Readonly<
  Record<string, { readonly logprob: number; readonly decoded_token?: string | null }>
>;

interface ScoredPrompt {
  readonly choices?: readonly {
    readonly index?: number;
    readonly prompt_logprobs?: readonly (Position | null)[] | null;
  }[];
  readonly usage?: unknown;
}

/**
 * Log-probabilities of a given text by vLLM's `prompt_logprobs`, which tells them of the whole prompt, never streams, and
 * (0.32) does not read the prefix cache. JSON sorts a position's candidates by their ids: which one is the prompt's own
 * only its ids tell, so they are what is sent.
 */
export function vllmScore(access: OpenAIAccess): NonNullable<StepWriter["scorePrompt"]> {
  return async ({ data }, thought, text, { topLogprobs }, signal) => {
    const { text: prompt, serverAddsBos } = data as TextOpening;
    const { model, sampling } = modelParams(access);
    signal?.throwIfAborted();
    try {
      const { ids, from } = await tokensBehind(
        (given) => tokenizeText(access, { model, text: given, addsBos: serverAddsBos }, signal),
        prompt + thought,
        text,
      );
      const reply = (await requestJson(
        access,
        "/completions",
        {
          model,
          ...sampling,
          prompt: ids,
          temperature: 0,
          max_tokens: 1,
          prompt_logprobs: topLogprobs,
        },
        signal,
      )) as ScoredPrompt | null;
      const positions = firstChoice(reply?.choices)?.prompt_logprobs;
      if (positions?.length !== ids.length) {
        throw new UnexpectedReply(200, "a reply without `prompt_logprobs`", JSON.stringify(reply));
      }
      const tokens = ids
        .slice(from)
        .map((id, index) => readPosition(positions[from + index] ?? {}, id, topLogprobs));
      return { tokens, ...readUsage(reply?.usage) };
    } catch (error) {
      if (signal?.aborted) throw error;
      throw serverError(error, access, "scoring a text");
    }
  };
}

function readPosition(position: Position, id: number, k: number): TokenLogprobs {
  const own = position[id];
  const top = Object.values(position)
    .map(({ logprob, decoded_token }) => ({ token: decoded_token ?? "", logprob }))
    .sort((a, b) => b.logprob - a.logprob)
    .slice(0, k);
  return { token: own?.decoded_token ?? "", logprob: own?.logprob ?? null, top };
}
