import type { ScriptedToken } from "../script/scripted-model.js";
import type { Candidate } from "../script/spread-logprobs.js";
import type { LlamacppChunk } from "./generate.js";

/** What llama.cpp makes of a probability of zero. */
const IMPOSSIBLE = -3.4028234663852886e38;

/**
 * Log-probabilities as chat and text completions of llama.cpp have them alike: a list with one entry, of the
 * chunk's last token under the chunk's whole text. Control tokens are candidates without text.
 */
export function listLogprobs({ text, token }: LlamacppChunk, k: number): unknown {
  const sampled = token.listed ?? token.text;
  const logprob = token.top.find(([candidate]) => candidate === sampled)?.[1] ?? -0.5;
  return {
    content: [
      {
        ...entry([text, logprob]),
        id: 7,
        top_logprobs: token.top.slice(0, k).map((candidate, index) => ({
          id: index,
          ...entry(isControl(token, candidate) ? ["", candidate[1]] : candidate),
        })),
      },
    ],
  };
}

function isControl(token: ScriptedToken, [candidate]: Candidate): boolean {
  const { eos = false, special = false } = token;
  return (eos || special) && candidate === (token.listed ?? token.text);
}

function entry([token, logprob]: Candidate): Record<string, unknown> {
  return {
    token,
    bytes: [...new TextEncoder().encode(token)],
    logprob: Number.isFinite(logprob) ? logprob : IMPOSSIBLE,
  };
}
