import { GlimpRouterError } from "../../errors.js";
import type { OpenAIAccess } from "../connection/openai-client.js";

/** Fields in OpenAI's form that Ollama has among its options, and under which name. */
const AS_OPTIONS: ReadonlyMap<string, string> = new Map([
  ["max_tokens", "num_predict"],
  ["temperature", "temperature"],
  ["top_p", "top_p"],
  ["top_k", "top_k"],
  ["min_p", "min_p"],
  ["seed", "seed"],
  ["frequency_penalty", "frequency_penalty"],
  ["presence_penalty", "presence_penalty"],
  ["repeat_penalty", "repeat_penalty"],
]);

type Fields = Readonly<Record<string, unknown>>;

/**
 * A text completion as `POST /api/generate` wants it. Silent traps, and what keeps out of them:
 *
 * - `truncate`, `shift`: else a prompt, or a text, that outgrows the context loses its beginning;
 * - `think: false`: else a parser of the server's takes a thought apart, raw or not;
 * - `options`: the user's own, whole, in every request, since the model is loaded anew where those of its runner differ;
 * - no `stop`: it would replace the stop strings of the Modelfile, and nobody could tell it from EOS.
 */
export function toGenerateRequest(body: Fields): Record<string, unknown> {
  const { model, prompt, logprobs, keep_alive, format } = body;
  return {
    model,
    prompt,
    raw: true,
    stream: true,
    think: false,
    truncate: false,
    shift: false,
    ...(logprobs === undefined ? {} : { logprobs: true, top_logprobs: logprobs }),
    ...(keep_alive === undefined ? {} : { keep_alive }),
    ...(format === undefined ? {} : { format }),
    options: optionsOf(body),
  };
}

/** The options of a request: the user's, with the fields in OpenAI's form in their place. */
function optionsOf({ options, ...body }: Fields): Fields {
  const own = Object.entries((options ?? {}) as Fields).filter(
    ([name, value]) => value !== undefined && value !== null && name !== "stop",
  );
  const others = [...AS_OPTIONS].filter(([field]) => (body[field] ?? null) !== null);
  return {
    ...Object.fromEntries(own),
    ...Object.fromEntries(others.map(([field, name]) => [name, body[field]])),
  };
}

/** What the user's model says beside its options, for requests that are no text completions. */
export function commonFields(params: Fields): Fields {
  const { model, keep_alive } = params;
  return { model, ...(keep_alive === undefined ? {} : { keep_alive }), options: optionsOf(params) };
}

/**
 * @throws GlimpRouterError `invalid_option` where the model is thrown out of memory behind each request, and would
 * be loaded again for the next
 */
export function requireKept({ role, invocationParams }: OpenAIAccess): void {
  const { keep_alive } = invocationParams();
  if (keep_alive !== 0 && !/^0+[a-z]*$/.test(String(keep_alive))) return;
  throw new GlimpRouterError(
    `\`keepAlive\` of the ${role} model is ${JSON.stringify(keep_alive)}: Ollama would unload it behind each request of a thought, and load it again for the next. Leave it out (5 minutes), or set a time such as "10m".`,
    { reason: "invalid_option", role },
  );
}
