import type { Exchange } from "../http/exchange.js";
import { listModels } from "../http/list-models.js";
import type { FakeTokenizer } from "../script/fake-tokenizer.js";
import type { PrefixCache } from "../script/prefix-cache.js";
import type { FakeVllmOptions, Gateway } from "./fake-vllm-options.js";
import { reply } from "./generation-reply.js";
import { chatLogprobs, legacyLogprobs } from "./logprob-shapes.js";
import { shapeChat } from "./reasoning-delta.js";
import { renderMessages } from "./render-messages.js";
import { scorePrompt } from "./scored-prompt.js";
import { ToolCallDeltas } from "./tool-call-delta.js";
import {
  checkAnswerForm,
  checkModel,
  checkPromptLength,
  checkSampling,
  continuesFinalMessage,
  stopOf,
} from "./validate-request.js";
import { noticeViolations, type ViolationLog } from "./violations.js";
import { VllmError } from "./vllm-error.js";

/** What the endpoints of one server share. */
export interface FakeServerState {
  readonly options: Required<Pick<FakeVllmOptions, "maxModelLen" | "modelName" | "template">> &
    FakeVllmOptions;
  readonly tokenizer: FakeTokenizer;
  /** `null`: it is not told of. */
  readonly cache: PrefixCache | null;
  readonly violations: ViolationLog;
  /** Requests that are being answered, that for the metrics among them. */
  readonly running: () => number;
}

type Endpoint = (exchange: Exchange, state: FakeServerState) => void | Promise<void>;

const version: Endpoint = (exchange) => exchange.json(200, { version: "0.32.0" });

/** What gateways write into a list of models as its owner. */
const OWNERS: Readonly<Record<Gateway, string>> = {
  litellm: "openai",
  ray: "organization-owner",
};

const serverInfo: Endpoint = (exchange, { options: { shownPolicy } }) =>
  shownPolicy === undefined
    ? exchange.json(404, { detail: "Not Found" })
    : exchange.json(200, { vllm_config: { scheduler_config: { policy: shownPolicy } } });

const models: Endpoint = (exchange, { options }) =>
  exchange.json(
    200,
    listModels({
      id: options.modelName,
      owned_by: options.gateway === undefined ? "vllm" : OWNERS[options.gateway],
      ...(options.gateway === "ray"
        ? { metadata: { max_request_context_length: options.maxModelLen } }
        : { max_model_len: options.maxModelLen }),
    }),
  );

/** Of vLLM's hundred metrics, those that tell whether it still writes, and whether it drafts. */
const metrics: Endpoint = (exchange, { options: { modelName, drafts = false }, running }) => {
  const labels = `{engine="0",model_name="${modelName}"}`;
  const lines = [
    "# TYPE vllm:num_requests_running gauge",
    `vllm:num_requests_running${labels} ${(running() - 1).toFixed(1)}`,
    ...(drafts ? [`vllm:spec_decode_num_drafts_total${labels} 7.0`] : []),
  ];
  exchange.text(200, `${lines.join("\n")}\n`);
};

const tokenize: Endpoint = (exchange, { options, tokenizer }) => {
  const { body } = exchange.record;
  checkModel(body, options.modelName);
  if (options.gateway === "ray" && body.prompt === undefined) {
    const missing = "Field required at ('body', 'prompt')";
    throw new VllmError(400, `Invalid request format: ${missing}`, "BadRequestError");
  }
  const text =
    typeof body.prompt === "string" ? body.prompt : renderMessages(options.template, body);
  const tokens = tokenizer.encode(text);
  exchange.json(200, {
    count: tokens.length,
    max_model_len: options.maxModelLen,
    tokens,
    token_strs: null,
  });
};

const detokenize: Endpoint = (exchange, { options, tokenizer }) => {
  const { body } = exchange.record;
  checkModel(body, options.modelName);
  if (!Array.isArray(body.tokens))
    throw new VllmError(400, "1 validation error: tokens: Field required");
  exchange.json(200, { prompt: tokenizer.decode(body.tokens) });
};

const completions: Endpoint = async (exchange, state) => {
  const { cache, options, tokenizer, violations } = state;
  const { body } = exchange.record;
  checkModel(body, options.modelName);
  // Asked for in a stream, 0 of them are taken without a word, and none told.
  if (typeof body.prompt_logprobs === "number" && !(body.stream && body.prompt_logprobs === 0)) {
    return scorePrompt(exchange, state);
  }
  if (typeof body.prompt !== "string") {
    throw new VllmError(400, "Either prompt or prompt_embeds must be provided and non-empty.");
  }
  checkSampling(body, options.maxModelLen);
  if (options.refusesPriority && body.priority) {
    throw new VllmError(400, "Got priority -1 but Priority scheduling is not enabled.");
  }
  const { logprobs, isList } = askedLogprobs(body, options);
  const stop = stopOf(body);
  const prompt = tokenizer.encode(body.prompt);
  const promptTokens = prompt.length;
  checkPromptLength(promptTokens, options.maxModelLen);
  noticeViolations(exchange.record, { ...options, prompt: body.prompt }, violations);
  const script = options.model(body.prompt);
  const maxTokens = typeof body.max_tokens === "number" ? body.max_tokens : 16;
  const cachedTokens = cache?.cached(prompt);
  const written = script.slice(0, maxTokens).map(({ text }) => text);
  cache?.keep(tokenizer.encode(body.prompt + written.join("")));
  exchange.record.promptTokens = { all: promptTokens, cached: cachedTokens ?? 0 };
  await reply(exchange, options, {
    script,
    body,
    promptTokens,
    ...(cachedTokens === undefined ? {} : { cachedTokens }),
    maxTokens,
    stop,
    logprobs,
    shape: ({ text, tokens, finish, stopReason }, k) => ({
      id: "cmpl-fake",
      object: "text_completion",
      model: options.modelName,
      choices: [
        {
          index: 0,
          text,
          logprobs: k === null ? null : (isList ? chatLogprobs : legacyLogprobs)(tokens, k),
          finish_reason: finish,
          stop_reason: stopReason,
        },
      ],
    }),
  });
};

function askedLogprobs(
  { logprobs, top_logprobs }: Readonly<Record<string, unknown>>,
  { logprobsAsInChat }: FakeVllmOptions,
): { readonly logprobs: number | null; readonly isList: boolean } {
  const isList = logprobsAsInChat === true && logprobs === true;
  if (logprobsAsInChat && typeof logprobs === "number") {
    throw new VllmError(400, "logprobs must be of type bool");
  }
  const asked = isList ? top_logprobs : logprobs;
  return { logprobs: typeof asked === "number" ? asked : null, isList };
}

const chat: Endpoint = async (exchange, state) => {
  const { options, tokenizer, violations } = state;
  const { body } = exchange.record;
  checkModel(body, options.modelName);
  if (typeof body.top_logprobs === "number" && body.logprobs !== true) {
    throw new VllmError(
      400,
      "when using `top_logprobs`, `logprobs` must be set to true. (parameter=top_logprobs)",
    );
  }
  const callsTools = Array.isArray(body.tools) && body.tool_choice !== "none";
  if (callsTools && options.toolParser !== true) {
    throw new VllmError(
      400,
      '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
    );
  }
  checkSampling(body, options.maxModelLen);
  checkAnswerForm(body);
  continuesFinalMessage(body);
  const stop = stopOf(body);
  const prompt = renderMessages(options.template, body);
  const promptTokens = tokenizer.encode(prompt).length;
  checkPromptLength(promptTokens, options.maxModelLen);
  const tellsPrompt = body.return_prompt_text === true && options.gateway !== "litellm";
  // A request for the prompt's text generates one token that nobody reads.
  if (body.return_prompt_text !== true) {
    noticeViolations(exchange.record, { ...options, prompt }, violations);
  }
  const k = body.logprobs === true ? ((body.top_logprobs as number | undefined) ?? 0) : null;
  const shape = shapeChat(prompt, options);
  const calls = callsTools ? new ToolCallDeltas(options.toolCallDelta) : null;
  await reply(exchange, options, {
    script: options.model(prompt),
    body,
    promptTokens,
    maxTokens: typeof body.max_tokens === "number" ? body.max_tokens : options.maxModelLen,
    stop,
    logprobs: k,
    opening: [
      {
        ...shape.role,
        ...(tellsPrompt ? { prompt_text: prompt } : {}),
      },
    ],
    shape: (chunk, top) => {
      const logprobs = top === null ? null : chatLogprobs(chunk.tokens, top);
      const shaped =
        body.stream === true ? shape.chunk(chunk, logprobs) : shape.whole(chunk, logprobs);
      return calls === null ? shaped : calls.reshape(shaped);
    },
  });
};

const alive: Endpoint = (exchange) => exchange.json(200, "I'm alive!");

/** What a gateway has at its root instead of the server's own paths. */
export const GATEWAY_ENDPOINTS: Readonly<Record<Gateway, Readonly<Record<string, Endpoint>>>> = {
  litellm: { "GET /health/liveliness": alive },
  ray: { "POST /tokenize": tokenize },
};

/** Paths at the server's root, which a gateway may hide. */
export const ROOT_ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  "GET /metrics": metrics,
  "GET /version": version,
  "GET /server_info": serverInfo,
  "POST /tokenize": tokenize,
  "POST /detokenize": detokenize,
};

export const V1_ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  "GET /v1/models": models,
  "POST /v1/completions": completions,
  "POST /v1/chat/completions": chat,
};
