import type { ThoughtPrompt } from "../../prompt/thought-prompt.js";
import type { Opening, StepWriter, WriteOptions, Written } from "../../router/step-writer.js";
import { modelParams } from "../connection/model-params.js";
import type { OpenAIAccess } from "../connection/openai-client.js";
import { requestJson } from "../connection/send-request.js";
import { answerStatus, serverError } from "../connection/server-error.js";

/** Candidates that lie closer together, in nats, say nothing about a scale. */
const LEAST_SPREAD = 0.2;

/** Differences of real engines between two readings of the same distribution. */
const NOISE = 0.05;

/** Scales that were measured, by server, model and sampling. What could not be measured is not kept. */
const knownScales = new Map<string, number>();

/**
 * Undoes the temperature in SGLang's log-probabilities. They are those AFTER temperature, unless the request
 * is greedy or the server runs with `SGLANG_RETURN_ORIGINAL_LOGPROB=1`; nothing in the reply tells which. So
 * it is measured, once per server and temperature, by two requests for one token. The entropy of a glimpse
 * is then exactly that of the model: a temperature scales all logits alike, which among the k candidates,
 * renormalised, is undone by the same factor.
 */
export function withRawLogprobs(
  writer: StepWriter<ThoughtPrompt>,
  access: OpenAIAccess,
): StepWriter<ThoughtPrompt> {
  return {
    ...writer,
    async *write(from, thought, how, signal) {
      const scale = await scaleOf(access, from, thought, how, signal);
      for await (const written of writer.write(from, thought, how, signal)) {
        yield scale === 1 ? written : scaled(written, scale);
      }
    },
  };
}

function scaled(written: Written, scale: number): Written {
  if (written.type === "end") return written;
  const tokens = written.tokens.map((token) => ({
    token: token.token,
    logprob: token.logprob,
    // Read late, like the ones below it.
    get top() {
      return token.top.map((each) => ({ token: each.token, logprob: each.logprob * scale }));
    },
  }));
  return { ...written, tokens };
}

async function scaleOf(
  access: OpenAIAccess,
  from: Opening,
  thought: string,
  how: WriteOptions,
  signal?: AbortSignal,
): Promise<number> {
  const { model, sampling } = modelParams(access);
  const temperature = how.temperature ?? sampling.temperature;
  if (how.topLogprobs === 0 || temperature === 0 || temperature === 1) return 1;
  const key = JSON.stringify([access.rootURL, model, sampling]);
  const known = knownScales.get(key);
  if (known !== undefined) return known;
  const prompt = (from.data as { readonly text: string }).text + thought;
  const request = { model, ...sampling, prompt, max_tokens: 1, logprobs: how.topLogprobs };
  const [drawn, plain] = await Promise.all([
    readTop(access, request, signal),
    readTop(access, { ...request, temperature: 1 }, signal),
  ]);
  const measured = compare(plain, drawn);
  if (measured === null) return 1;
  const scale = snap(measured, temperature);
  knownScales.set(key, scale);
  return scale;
}

type TopMap = Readonly<Record<string, number>>;

async function readTop(
  access: OpenAIAccess,
  body: Record<string, unknown>,
  signal?: AbortSignal,
): Promise<TopMap> {
  const reply = await requestJson(access, "/completions", body, signal).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    // What the server refuses here it refuses again, and that will be told.
    if (isRefusal(answerStatus(error))) return null;
    throw serverError(error, access, "reading log-probabilities");
  });
  const { choices } = (reply ?? {}) as { choices?: { logprobs?: { top_logprobs?: TopMap[] } }[] };
  return choices?.[0]?.logprobs?.top_logprobs?.[0] ?? {};
}

function isRefusal(status: number | null): boolean {
  return status !== null && status < 500;
}

/** How much wider the candidates lie apart at temperature 1; `null` where that cannot be told. */
function compare(plain: TopMap, drawn: TopMap): number | null {
  const shared = Object.keys(plain)
    .filter((token) => drawn[token] !== undefined)
    .sort((a, b) => (plain[b] ?? 0) - (plain[a] ?? 0));
  const [first = "", last = ""] = [shared[0], shared.at(-1)];
  const spread = (map: TopMap) => (map[first] ?? 0) - (map[last] ?? 0);
  if (spread(plain) < LEAST_SPREAD || spread(drawn) <= 0) return null;
  return spread(plain) / spread(drawn);
}

/** Without noise it is 1 or the temperature, where that is known (the server has defaults of its own). */
function snap(measured: number, temperature: unknown): number {
  if (Math.abs(measured - 1) <= NOISE) return 1;
  if (typeof temperature !== "number") return measured;
  return Math.abs(measured - temperature) < Math.abs(measured - 1) ? temperature : 1;
}
