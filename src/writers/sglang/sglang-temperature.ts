import { IMPOSSIBLE_LOGPROB } from "../../core/token-distribution.js";
import type { Opening, WriteOptions } from "../../router/step-writer.js";
import type { TextOpening } from "../completion/text-completion.js";
import { modelParams } from "../connection/model-params.js";
import type { OpenAIAccess } from "../connection/openai-client.js";
import { type OneToken, readOneToken } from "./read-one-token.js";

/** Candidates that lie closer together, in nats, say nothing about a temperature. */
const LEAST_SPREAD = 0.2;

/** Differences of real engines between two readings of the same distribution. */
const NOISE = 0.05;

/** Temperatures that were measured, by server, model and sampling. What could not be told is not kept. */
const known = new Map<string, number>();

/**
 * The temperature that SGLang's log-probabilities have been through. It is that of the request, unless the
 * request is greedy or the server runs with `SGLANG_RETURN_ORIGINAL_LOGPROB=1`; nothing in the reply tells
 * which. So it is measured, once per server and sampling, by two requests for one token.
 *
 * @returns 1 where they are the model's own, `null` where it cannot be told
 */
export async function logprobTemperature(
  access: OpenAIAccess,
  from: Opening,
  thought: string,
  how: WriteOptions,
  signal?: AbortSignal,
): Promise<number | null> {
  const { model, sampling } = modelParams(access);
  const temperature = how.temperature ?? sampling.temperature;
  if (how.topLogprobs === 0 || temperature === 0 || temperature === 1) return 1;
  const key = JSON.stringify([access.rootURL, model, sampling]);
  const measured = known.get(key);
  if (measured !== undefined) return measured;
  const prompt = (from.data as TextOpening).text + thought;
  const request = { model, ...sampling, prompt, logprobs: how.topLogprobs };
  const [drawn, plain] = await Promise.all([
    readOneToken(access, request, signal),
    readOneToken(access, { ...request, temperature: 1 }, signal),
  ]);
  const found = compare(plain.map, drawn.map, temperature);
  if (found !== null) known.set(key, found);
  return found;
}

type TopMap = OneToken["map"];

/** What makes of the candidates at temperature 1 those that were drawn from. */
function compare(plain: TopMap, drawn: TopMap, temperature: unknown): number | null {
  const asked = typeof temperature === "number" ? temperature : null;
  const shared = Object.keys(plain)
    .filter((token) => isPossible(plain[token]) && drawn[token] !== undefined)
    .sort((a, b) => (plain[b] ?? 0) - (plain[a] ?? 0));
  // Only a temperature makes the possible impossible: a probability below what 32 bits hold.
  if (shared.some((token) => !isPossible(drawn[token]))) return asked;
  const [first = "", last = ""] = [shared[0], shared.at(-1)];
  const spread = (map: TopMap) => (map[first] ?? 0) - (map[last] ?? 0);
  if (spread(plain) < LEAST_SPREAD || spread(drawn) <= 0) return null;
  return withoutNoise(spread(plain) / spread(drawn), asked);
}

function isPossible(logprob: number | undefined): boolean {
  return logprob !== undefined && logprob > IMPOSSIBLE_LOGPROB;
}

/** It is 1 or the temperature that was asked for, where that is known: the server has defaults of its own. */
function withoutNoise(measured: number, asked: number | null): number {
  if (asked === null) return Math.abs(measured - 1) <= NOISE ? 1 : measured;
  return Math.abs(measured - asked) < Math.abs(measured - 1) ? asked : 1;
}
