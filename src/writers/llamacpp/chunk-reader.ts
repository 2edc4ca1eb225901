import { heldTagLength } from "../../core/step-boundary.js";
import type { ChunkReader, GenerationChoice } from "../completion/read-generation.js";
import { modelParams } from "../connection/model-params.js";
import type { OpenAIAccess } from "../connection/openai-client.js";
import { requestJson } from "../connection/send-request.js";

/**
 * Reads llama.cpp's stream with what the server loses of it. It holds back what may begin a stop string until more text tells,
 * and where `max_tokens` ends the reply there, it drops it: a line break that was generated, paid for and counted. Its
 * debug output names the tokens of an event without text; their text is asked for, which generates nothing.
 * Seen on v0.5.0.
 *
 * @param stop - the stop strings of the request
 */
export function chunkReader(access: OpenAIAccess, stop: readonly string[]): ChunkReader {
  const held: number[] = [];
  return {
    textOf({ text }, chunk) {
      if (text) held.length = 0;
      else held.push(...tokensOf(chunk));
      return text ?? "";
    },
    matchedStop,
    async lostAtLimit(signal) {
      if (held.length === 0) return "";
      const text = await textOfTokens(access, held, signal).catch((error: unknown) => {
        if (signal?.aborted) throw error;
        // A server that cannot say has lost it.
        return "";
      });
      // Half a character, or a token without text, is held for other reasons, and has nothing to give.
      return stop.some((string) => heldTagLength(text, string) > 0) ? text : "";
    },
  };
}

/** llama.cpp's own view of an event, beside OpenAI's. */
interface Verbose {
  readonly tokens?: unknown;
  readonly stop_type?: unknown;
  readonly stopping_word?: unknown;
}

function verboseOf(chunk: unknown): Verbose | undefined {
  return (chunk as { readonly __verbose?: Verbose }).__verbose;
}

function tokensOf(chunk: unknown): readonly number[] {
  const tokens = verboseOf(chunk)?.tokens;
  return Array.isArray(tokens) ? tokens.filter(Number.isSafeInteger) : [];
}

async function textOfTokens(
  access: OpenAIAccess,
  tokens: readonly number[],
  signal?: AbortSignal,
): Promise<string> {
  const { model } = modelParams(access);
  const reply = await requestJson(
    access,
    `${access.rootURL}/detokenize`,
    { model, tokens },
    signal,
  );
  const content = (reply as { readonly content?: unknown } | null)?.content;
  return typeof content === "string" ? content : "";
}

/** llama.cpp says "stop" for stop strings and for EOS; which of the two, its debug output tells. */
function matchedStop(_choice: GenerationChoice, chunk: unknown): string | null {
  const said = verboseOf(chunk);
  if (said?.stop_type !== "word") return null;
  return typeof said.stopping_word === "string" ? said.stopping_word : "";
}
