import type { ScriptedToken } from "../script/scripted-model.js";
import type { Candidate } from "../script/spread-logprobs.js";

const floor = (logprob: number) => Math.max(logprob, -9999);

function sampledOf(token: ScriptedToken): Candidate {
  const text = token.listed ?? token.text;
  return token.top.find(([candidate]) => candidate === text) ?? [text, -0.5];
}

/** The generated token first, whatever its rank, then the others by rank: as vLLM lists them. */
function listed(token: ScriptedToken, k: number): readonly Candidate[] {
  const sampled = sampledOf(token);
  return [sampled, ...token.top.slice(0, k).filter((candidate) => candidate !== sampled)];
}

/** Of text completions: candidates as a map by text, where the later (less likely) of two equal texts wins. */
export function legacyLogprobs(tokens: readonly ScriptedToken[], k: number): unknown {
  return {
    tokens: tokens.map((token) => sampledOf(token)[0]),
    token_logprobs: tokens.map((token) => floor(sampledOf(token)[1])),
    top_logprobs: tokens.map((token) =>
      Object.fromEntries(listed(token, k).map(([text, logprob]) => [text, floor(logprob)])),
    ),
    text_offset: tokens.map(() => 0),
  };
}

/** Of chat completions: a list, in which a generated token outside the top k takes the k-th place. */
export function chatLogprobs(tokens: readonly ScriptedToken[], k: number): unknown {
  const entry = ([token, logprob]: Candidate) => ({
    token,
    logprob: floor(logprob),
    bytes: [...new TextEncoder().encode(token)],
  });
  return {
    content: tokens.map((token) => ({
      ...entry(sampledOf(token)),
      top_logprobs: listed(token, k).slice(0, k).map(entry),
    })),
  };
}
