import type { ScriptedToken } from "../script/scripted-model.js";
import type { GeneratedChunk } from "./generate.js";

/** vLLM leaves greedy requests unscaled. */
const GREEDY = 0;

/**
 * Log-probabilities as `--logprobs-mode processed_logprobs` reports them: after temperature, and with -9999
 * for what top-k has cut.
 */
export function processed(
  chunk: GeneratedChunk,
  body: Readonly<Record<string, unknown>>,
): GeneratedChunk {
  const temperature = typeof body.temperature === "number" ? body.temperature : 1;
  const kept = typeof body.top_k === "number" ? body.top_k : Number.POSITIVE_INFINITY;
  if (temperature === GREEDY) return chunk;
  return { ...chunk, tokens: chunk.tokens.map((token) => scaled(token, temperature, kept)) };
}

/** What is left is renormalised. */
function scaled(token: ScriptedToken, temperature: number, kept: number): ScriptedToken {
  const mass = token.top
    .slice(0, kept)
    .reduce((sum, [, logprob]) => sum + Math.exp(logprob / temperature), 0);
  return {
    ...token,
    top: token.top.map(([text, logprob], rank) => [
      text,
      rank < kept ? logprob / temperature - Math.log(mass) : -9999,
    ]),
  };
}
