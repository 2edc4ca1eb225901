import { commonPrefixLength } from "../../core/common-prefix.js";
import type { ScoredText, StepWriter } from "../../router/step-writer.js";
import type { OpenAIAccess } from "../connection/openai-client.js";
import { serverError } from "../connection/server-error.js";
import type { TextOpening } from "./text-completion.js";

/** Two texts as the model reads them, one behind the other. */
interface TokensBehind {
  /** Of both together. */
  readonly ids: readonly number[];
  /** Index of the second text's first token: a token that reaches over the seam is one of its. */
  readonly from: number;
}

/** What differs between the servers that can score a given text. */
interface ScoringServer {
  tokenize(text: string, addsBos: boolean, signal?: AbortSignal): Promise<readonly number[]>;
  score(tokens: TokensBehind, topLogprobs: number, signal?: AbortSignal): Promise<ScoredText>;
}

/** Log-probabilities of a given text behind a thought, by a server that is told their ids. */
export function scoring(
  access: OpenAIAccess,
  { tokenize, score }: ScoringServer,
): NonNullable<StepWriter["scorePrompt"]> {
  return async ({ data }, thought, text, { topLogprobs }, signal) => {
    const { text: prompt, serverAddsBos } = data as TextOpening;
    const before = prompt + thought;
    signal?.throwIfAborted();
    try {
      // Found by ids, since the texts of tokens do not always spell what they stand for.
      const [alone, ids] = await Promise.all(
        [before, before + text].map((given) => tokenize(given, serverAddsBos, signal)),
      );
      const from = commonPrefixLength(alone ?? [], ids ?? []);
      return await score({ ids: ids ?? [], from }, topLogprobs, signal);
    } catch (error) {
      if (signal?.aborted) throw error;
      throw serverError(error, access, "scoring a text");
    }
  };
}
