import { BOS } from "../fake-vllm/chat-templates.js";
import type { Exchange } from "../fake-vllm/exchange.js";
import type { FakeTokenizer } from "../fake-vllm/fake-tokenizer.js";
import { assistantPart } from "../fake-vllm/scripted-model.js";
import { replyInChat } from "./chat-reply.js";
import { type Completion, reply } from "./completion-reply.js";
import type { FakeSglangOptions, SglangViolation } from "./fake-sglang-options.js";
import { renderChat, withoutSpecialTokens, withTokenizerBos } from "./render-chat.js";
import { SglangError } from "./sglang-error.js";

export interface FakeSglangState {
  readonly options: FakeSglangOptions &
    Required<Pick<FakeSglangOptions, "contextLength" | "modelName" | "template">>;
  readonly tokenizer: FakeTokenizer;
  readonly violations: SglangViolation[];
}

type Endpoint = (exchange: Exchange, state: FakeSglangState) => void | Promise<void>;

const modelInfo: Endpoint = (exchange, { options }) =>
  exchange.json(200, {
    model_path: `/models/${options.modelName}`,
    tokenizer_path: `/models/${options.modelName}`,
    is_generation: true,
    preferred_sampling_params: null,
    reasoning_parser: options.reasoningParser ? "deepseek-r1" : null,
    tool_call_parser: options.toolParser ? "qwen25" : null,
  });

const serverInfo: Endpoint = (exchange) =>
  exchange.json(200, { version: "0.5.23", frontend: "python", internal_states: [{}] });

const models: Endpoint = (exchange, { options }) =>
  exchange.json(200, {
    object: "list",
    data: [
      {
        id: options.modelName,
        object: "model",
        owned_by: "sglang",
        root: options.modelName,
        max_model_len: options.contextLength,
      },
    ],
  });

/** `max_model_len` is the tokenizer's own, which is often far from what the server serves. */
const tokenize: Endpoint = (exchange, { options, tokenizer }) => {
  const { body } = exchange.record;
  const { prompt, messages, add_special_tokens } = body;
  if (options.textOnlyTokenize && prompt === undefined) {
    throw new SglangError(400, "1 validation error: prompt: Field required");
  }
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
  if (!Array.isArray(tokens))
    throw new SglangError(400, "1 validation error: tokens: Field required");
  const text = tokenizer.decode(tokens);
  exchange.json(200, { text: skip_special_tokens === true ? withoutSpecialTokens(text) : text });
};

const completions: Endpoint = async (exchange, state) => {
  const { options } = state;
  const { prompt } = exchange.record.body;
  if (typeof prompt !== "string" || prompt === "")
    throw new SglangError(400, "Prompt cannot be empty");
  const given = withTokenizerBos(prompt, options.template, options.tokenizerAddsBos === true);
  await reply(exchange, completionOf(exchange, state, given));
};

/** With `input_ids` no template is rendered: the ids are the prompt, though there must be messages. */
const chat: Endpoint = async (exchange, state) => {
  const { options, tokenizer, violations } = state;
  const { body } = exchange.record;
  const { messages, input_ids, tools, tool_choice, separate_reasoning = true, stream } = body;
  if (!Array.isArray(messages) || messages.length === 0)
    throw new SglangError(400, "Messages cannot be empty.");
  if (stream !== true) throw new SglangError(418, "The fake only streams chat replies.");
  const given = Array.isArray(input_ids)
    ? tokenizer.decode(input_ids)
    : renderChat(options.template, body);
  const called = Array.isArray(tools) && tool_choice !== "none";
  if (called && !options.toolParser) violations.push("unparsed_tools");
  await replyInChat(exchange, completionOf(exchange, state, given), {
    reasoning: options.reasoningParser === true && separate_reasoning !== false,
    tools: options.toolParser === true && called,
  });
};

/** What is written behind a prompt that is known; notes the prompt, and what is wrong with it. */
function completionOf(exchange: Exchange, state: FakeSglangState, given: string): Completion {
  const { options, tokenizer, violations } = state;
  const { body } = exchange.record;
  const { stop = [], max_tokens = 16, logprobs, temperature } = body;
  const promptTokens = tokenizer.encode(given).length;
  checkLength(promptTokens, Number(max_tokens), options.contextLength);
  violations.push(...violationsOf(given, body, BOS[options.template]));
  exchange.record.prompt = given;
  const drawn = typeof temperature === "number" ? temperature : (options.defaultTemperature ?? 1);
  return {
    script: options.model(given),
    sampling: {
      maxTokens: Number(max_tokens),
      stop: (Array.isArray(stop) ? stop : [stop]) as string[],
      noStopTrim: body.no_stop_trim === true,
      skipSpecial: body.skip_special_tokens !== false,
      tokensPerChunk: options.tokensPerChunk ?? 1,
    },
    promptTokens,
    logprobs: typeof logprobs === "number" ? logprobs : null,
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
  if (input + output < contextLength) return;
  throw new SglangError(
    400,
    `Requested token count exceeds the model's maximum context length of ${contextLength} tokens. You requested a total of ${input + output} tokens: ${input} tokens from the input messages and ${output} tokens for the completion. Please reduce the number of tokens in the input messages or the completion to fit within the limit.`,
  );
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
};

export const V1_ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  "GET /v1/models": models,
  "POST /v1/tokenize": tokenize,
  "POST /v1/detokenize": detokenize,
  "POST /v1/completions": completions,
  "POST /v1/chat/completions": chat,
};
