import type { Exchange } from "../http/exchange.js";
import { listModels } from "../http/list-models.js";
import { BOS } from "../script/chat-templates.js";
import type { FakeTokenizer } from "../script/fake-tokenizer.js";
import type { PrefixCache } from "../script/prefix-cache.js";
import { assistantPart } from "../script/scripted-model.js";
import { continuedContent, replyInChat } from "./chat-reply.js";
import { chatViolations, checkChat, maxTokensOf, shownTools } from "./check-chat.js";
import { type Completion, reply } from "./completion-reply.js";
import type { FakeSglangOptions, SglangViolation } from "./fake-sglang-options.js";
import { renderChat, withoutSpecialTokens, withTokenizerBos } from "./render-chat.js";
import { generateNative } from "./scored-input.js";
import { SchedulerError, SglangError } from "./sglang-error.js";

export interface FakeSglangState {
  readonly options: FakeSglangOptions &
    Required<Pick<FakeSglangOptions, "contextLength" | "modelName" | "template">>;
  readonly tokenizer: FakeTokenizer;
  /** What is told of; `null`: nothing. */
  readonly cache: PrefixCache | null;
  readonly violations: SglangViolation[];
  /** Generations that go on now. */
  readonly running: () => number;
}

type Endpoint = (exchange: Exchange, state: FakeSglangState) => void | Promise<void>;

const modelInfo: Endpoint = (exchange, { options }) =>
  exchange.json(200, {
    model_path: `/models/${options.modelName}`,
    tokenizer_path: `/models/${options.modelName}`,
    is_generation: true,
    preferred_sampling_params: null,
    reasoning_parser: parserName(options),
    tool_call_parser: options.toolParser ? "qwen25" : null,
  });

const serverInfo: Endpoint = (exchange, { options }) =>
  exchange.json(200, {
    version: "0.5.23",
    frontend: options.rust ? "rust" : "python",
    reasoning_parser: parserName(options),
    max_total_num_tokens: poolOf(options),
    max_req_input_len: longestInput(options),
    speculative_algorithm: options.drafts ? "EAGLE" : null,
    internal_states: [{}],
  });

/** What runs now: always on, unlike the metrics. */
const loads: Endpoint = (exchange, { running }) =>
  exchange.json(200, { version: "0.5.23", loads: [{ dp_rank: 0, num_running_reqs: running() }] });

const models: Endpoint = (exchange, { options }) => {
  const { modelName: id, contextLength: max_model_len } = options;
  if (!options.router) {
    return exchange.json(200, listModels({ id, owned_by: "sglang", root: id, max_model_len }));
  }
  exchange.text(200, JSON.stringify(listModels({ id, owned_by: "local" })));
};

/** `max_model_len` is the tokenizer's own, which is often far from what the server serves. */
const tokenize: Endpoint = (exchange, { options, tokenizer }) => {
  const { body } = exchange.record;
  const { prompt, messages, add_special_tokens } = body;
  if (options.router && prompt === undefined) {
    const words =
      "Failed to deserialize the JSON body into the target type: missing field `prompt`";
    return exchange.text(422, `${words} at line 1 column 74`);
  }
  if (options.textOnlyTokenize && prompt === undefined) throw missing("prompt");
  if ((prompt === undefined) === (messages === undefined)) {
    throw new SglangError(400, "Exactly one of 'prompt' or 'messages' must be provided.");
  }
  const text =
    prompt === undefined
      ? renderChat(options.template, body)
      : withTokenizerBos(
          String(prompt),
          options.template,
          options.tokenizerAddsBos === true && add_special_tokens !== false,
        );
  const tokens = tokenizer.encode(text);
  exchange.json(200, { tokens, count: tokens.length, max_model_len: 131_072 });
};

const detokenize: Endpoint = (exchange, { tokenizer }) => {
  const { tokens, skip_special_tokens = true } = exchange.record.body;
  if (!Array.isArray(tokens)) throw missing("tokens");
  const text = tokenizer.decode(tokens);
  exchange.json(200, { text: skip_special_tokens === true ? withoutSpecialTokens(text) : text });
};

const completions: Endpoint = async (exchange, state) => {
  const { options, violations } = state;
  const { prompt, max_tokens = 16, logprobs } = exchange.record.body;
  if (typeof prompt !== "string" || prompt === "")
    throw new SglangError(400, "Prompt cannot be empty");
  if (options.rust && exchange.record.body.response_format) violations.push("ignored_format");
  const given = withTokenizerBos(prompt, options.template, options.tokenizerAddsBos === true);
  const completion = completionOf(exchange, state, {
    given,
    maxTokens: Number(max_tokens),
    logprobs: typeof logprobs === "number" ? logprobs : null,
  });
  await reply(exchange, completion);
};

/** With `input_ids` no template is rendered: the ids are the prompt, though there must be messages. */
const chat: Endpoint = async (exchange, state) => {
  const { options, tokenizer, violations } = state;
  const { body } = exchange.record;
  checkChat(body, options.contextLength);
  const { input_ids, separate_reasoning, logprobs, top_logprobs } = body;
  const tools = shownTools(body);
  const given =
    Array.isArray(input_ids) && !options.rust
      ? tokenizer.decode(input_ids)
      : renderChat(options.template, { ...body, tools });
  const completion = completionOf(exchange, state, {
    given,
    maxTokens: maxTokensOf(body),
    logprobs: logprobs === true ? Number(top_logprobs ?? 0) : null,
    // A parser may need them.
    showsSpecial: tools.length > 0,
  });
  const { reasoningParser = false, toolParser = false } = options;
  violations.push(...chatViolations(body, tools, options));
  const sorts = reasoningParser !== false && separate_reasoning !== false;
  if (tools.length > 0 && !toolParser) violations.push("unparsed_tools");
  if (
    sorts &&
    assistantPart(given).includes("</think>") &&
    !continuedContent(body).includes("</think>")
  ) {
    violations.push("answer_as_thought");
  }
  await replyInChat(exchange, completion, {
    reasoning: sorts,
    tools: toolParser && tools.length > 0,
    any: reasoningParser !== false || toolParser,
  });
};

/** What is written behind a prompt that is known; notes the prompt, and what is wrong with it. */
function completionOf(
  exchange: Exchange,
  state: FakeSglangState,
  asked: {
    readonly given: string;
    /** `null`: all there is room for. */
    readonly maxTokens: number | null;
    /** Candidates of each token. */
    readonly logprobs: number | null;
    readonly showsSpecial?: boolean;
  },
): Completion {
  const { options, tokenizer, cache, violations } = state;
  const { given, maxTokens, logprobs, showsSpecial = false } = asked;
  const { body } = exchange.record;
  const { temperature } = body;
  const stop = body.stop ?? [];
  const ids = tokenizer.encode(given);
  const promptTokens = ids.length;
  const cachedTokens = cache?.cached(ids) ?? null;
  cache?.keep(ids);
  exchange.record.promptTokens = { all: promptTokens, cached: cachedTokens ?? 0 };
  checkLength(promptTokens, maxTokens ?? 0, options.contextLength);
  checkPool(promptTokens, longestInput(options));
  violations.push(...violationsOf(given, body, BOS[options.template]));
  exchange.record.prompt = given;
  const drawn = typeof temperature === "number" ? temperature : (options.defaultTemperature ?? 1);
  return {
    script: options.model(given),
    sampling: {
      maxTokens: Math.min(
        maxTokens ?? options.contextLength - promptTokens,
        poolOf(options) - promptTokens - 1,
      ),
      stop: (Array.isArray(stop) ? stop : [stop]) as string[],
      noStopTrim: body.no_stop_trim === true,
      skipSpecial: !showsSpecial && body.skip_special_tokens !== false,
      tokensPerChunk: options.tokensPerChunk ?? 1,
    },
    promptTokens,
    cachedTokens,
    logprobs,
    // Greedy requests are not scaled.
    temperature: options.originalLogprobs || drawn === 0 ? 1 : drawn,
    delayMs: options.tokenDelayMs ?? 0,
    body,
  };
}

/** Never clamped, unlike vLLM. */
function checkLength(input: number, output: number, contextLength: number): void {
  if (input >= contextLength) {
    throw new SglangError(
      400,
      `The input (${input} tokens) is longer than the model's context length (${contextLength} tokens).`,
    );
  }
  if (input + output <= contextLength) return;
  throw new SglangError(
    400,
    `Requested token count exceeds the model's maximum context length of ${contextLength} tokens. You requested a total of ${input + output} tokens: ${input} tokens from the input messages and ${output} tokens for the completion. Please reduce the number of tokens in the input messages or the completion to fit within the limit.`,
  );
}

/** The scheduler's own check: what it refuses of a stream it says inside the stream. */
function checkPool(input: number, longest: number): void {
  if (input <= longest) return;
  throw new SchedulerError(
    `Input length (${input} tokens) exceeds the maximum allowed length (${longest} tokens). Use a shorter input or enable --allow-auto-truncate.`,
  );
}

/** 6 tokens are kept back, of the pool or of a context that is smaller. */
function longestInput(options: FakeSglangState["options"]): number {
  return Math.min(options.contextLength, poolOf(options)) - 6;
}

function poolOf({ kvPool, contextLength }: FakeSglangState["options"]): number {
  return kvPool ?? contextLength + 64;
}

function parserName({ reasoningParser = false }: FakeSglangOptions): string | null {
  if (reasoningParser === false) return null;
  return reasoningParser === true ? "deepseek-r1" : reasoningParser;
}

function missing(field: string): SglangError {
  const told = `{'type': 'missing', 'loc': ('body', '${field}'), 'msg': 'Field required', 'input': {}}`;
  return new SglangError(400, `1 validation error:\n  ${told}\n\n  File "http_server.py", line 1`);
}

function violationsOf(
  given: string,
  body: Readonly<Record<string, unknown>>,
  bos: string,
): SglangViolation[] {
  const found: SglangViolation[] = [];
  if (bos !== "" && given.startsWith(bos + bos)) found.push("double_bos");
  if (assistantPart(given).split("<think>").length > 2) found.push("second_think");
  if (body.no_stop_trim === true && body.skip_special_tokens === false) found.push("eos_shown");
  return found;
}

/** Paths at the server's root, which a gateway may hide. */
export const ROOT_ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  "GET /get_model_info": modelInfo,
  "GET /model_info": modelInfo,
  "GET /server_info": serverInfo,
  "POST /tokenize": tokenize,
  "POST /detokenize": detokenize,
  "POST /generate": generateNative,
};

/** What sglang-router passes on of them. */
export const ROUTER_ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  "GET /get_model_info": modelInfo,
};

export const V1_ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  "GET /v1/models": models,
  "POST /v1/tokenize": tokenize,
  "POST /v1/detokenize": detokenize,
  "GET /v1/loads": loads,
  "POST /v1/completions": completions,
  "POST /v1/chat/completions": chat,
};
