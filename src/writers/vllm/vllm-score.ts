import type { TokenLogprobs } from "../../core/token-distribution.js";
import type { StepWriter } from "../../router/step-writer.js";
import { firstChoice } from "../completion/first-choice.js";
import { readUsage } from "../completion/read-usage.js";
import { scoring } from "../completion/scoring.js";
import { modelParams } from "../connection/model-params.js";
import type { OpenAIAccess } from "../connection/openai-client.js";
import { requestJson } from "../connection/send-request.js";
import { UnexpectedReply } from "../connection/unexpected-reply.js";
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
  return scoring(access, {
    tokenize: (text, addsBos, signal) => {
      const { model } = modelParams(access);
      return tokenizeText(access, { model, text, addsBos }, signal);
    },
    async score({ ids, from }, topLogprobs, signal) {
      const { model, sampling } = modelParams(access);
      const asked = { model, ...sampling, prompt: ids, temperature: 0, max_tokens: 1 };
      const reply = (await requestJson(
        access,
        "/completions",
        { ...asked, prompt_logprobs: topLogprobs },
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
    },
  });
}

function readPosition(position: Position, id: number, k: number): TokenLogprobs {
  const own = position[id];
  const top = Object.values(position)
    .map(({ logprob, decoded_token }) => ({ token: decoded_token ?? "", logprob }))
    .sort((a, b) => b.logprob - a.logprob)
    .slice(0, k);
  return { token: own?.decoded_token ?? "", logprob: own?.logprob ?? null, top };
}
