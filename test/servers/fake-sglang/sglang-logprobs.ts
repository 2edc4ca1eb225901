import type { ScriptedToken } from "../script/scripted-model.js";
import type { Candidate } from "../script/spread-logprobs.js";

/** How a request's log-probabilities are to be listed. */
export interface LogprobsOptions {
  /** Candidates of each token. */
  readonly k: number;
  /** What they are divided by. */
  readonly temperature: number;
}

interface Scaled {
  readonly text: string;
  readonly logprob: number;
  readonly top: readonly Candidate[];
}

/** Of text completions: by rank, in a map keyed by text; a generated token outside the top k is in no map. */
export function legacyLogprobs(
  tokens: readonly ScriptedToken[],
  options: LogprobsOptions,
): unknown {
  const scaled = tokens.map((token) => scale(token, options));
  return {
    tokens: scaled.map(({ text }) => text),
    token_logprobs: scaled.map(({ logprob }) => logprob),
    top_logprobs: scaled.map(({ top }) => Object.fromEntries(top)),
    text_offset: tokens.map(() => -1),
  };
}

/** Of chat: a list by rank; a generated token outside the top k is not in it. */
export function chatLogprobs(tokens: readonly ScriptedToken[], options: LogprobsOptions): unknown {
  const entry = ([token, logprob]: Candidate) => ({
    token,
    bytes: [...new TextEncoder().encode(token)],
    logprob,
  });
  return {
    content: tokens
      .map((token) => scale(token, options))
      .map(({ text, logprob, top }) => ({
        ...entry([text, logprob]),
        top_logprobs: top.map(entry),
      })),
  };
}

function scale(token: ScriptedToken, { k, temperature }: LogprobsOptions): Scaled {
  const text = token.listed ?? token.text;
  const all = afterTemperature(token.top, temperature);
  const logprob = all.find(([candidate]) => candidate === text)?.[1] ?? -0.5;
  return { text, logprob, top: all.slice(0, k) };
}

/** The logarithm of a probability of 32 bits: what is below their smallest number comes as the least of all. */
function afterTemperature(top: readonly Candidate[], temperature: number): readonly Candidate[] {
  if (temperature === 1) return top;
  const divided = top.map(([token, logprob]) => [token, logprob / temperature] as const);
  const highest = Math.max(...divided.map(([, logprob]) => logprob));
  const mass = divided.reduce((sum, [, logprob]) => sum + Math.exp(logprob - highest), 0);
  return divided.map(([token, logprob]) => {
    const probability = Math.fround(Math.exp(logprob - highest) / mass);
    return [token, probability === 0 ? LEAST : Math.log(probability)];
  });
}

const LEAST = -3.4028234663852886e38;
