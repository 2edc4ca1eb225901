import type { Exchange } from "../http/exchange.js";
import { listModels } from "../http/list-models.js";
import { BOS } from "../script/chat-templates.js";
import type { FakeTokenizer } from "../script/fake-tokenizer.js";
import { chatDeltas } from "./chat-deltas.js";
import { checkChat, checkForm } from "./check-chat.js";
import type {
  FakeLlamacppOptions,
  LlamacppFault,
  LlamacppViolation,
} from "./fake-llamacpp-options.js";
import { generate } from "./generate.js";
import { LlamacppError } from "./llamacpp-error.js";
import { type RenderedChat, renderPrompt } from "./render-prompt.js";
import { finishOf, type Generation, streamReply, usageOf, verboseOf } from "./stream-reply.js";
import { noticeViolations, stopOf } from "./validate-request.js";

/** What the endpoints of one server share. */
export interface FakeLlamacppState {
  readonly options: FakeLlamacppOptions &
    Required<Pick<FakeLlamacppOptions, "contextSize" | "modelName" | "template">>;
  readonly tokenizer: FakeTokenizer;
  readonly violations: LlamacppViolation[];
  /** Requests that write now. */
  processing: number;
  /** What the one slot computed last: prompt and reply. */
  slot: string;
}

type Endpoint = (
  exchange: Exchange<LlamacppFault>,
  state: FakeLlamacppState,
) => void | Promise<void>;

const health: Endpoint = (exchange) => exchange.json(200, { status: "ok" });

const props: Endpoint = (exchange, { options }) =>
  exchange.json(200, {
    default_generation_settings: { params: {}, n_ctx: options.contextSize },
    total_slots: 1,
    model_path: options.modelName,
    chat_template: options.template,
    chat_template_caps: {
      supports_tools: options.knowsTools !== false,
      supports_tool_calls: options.knowsTools !== false,
    },
    bos_token: BOS[options.template],
    eos_token: "</s>",
    build_info: "b500-de3ff81",
  });

const models: Endpoint = (exchange, { options }) =>
  exchange.json(200, listModels({ id: options.modelName, owned_by: "llamacpp" }));

const slots: Endpoint = (exchange, { options, processing }) =>
  exchange.json(200, [
    {
      id: 0,
      n_ctx: options.contextSize,
      speculative: (options.draftedTokens ?? 0) > 0,
      is_processing: processing > 0,
    },
  ]);

const metrics: Endpoint = (exchange, { processing }) =>
  exchange.text(
    200,
    `# TYPE llamacpp:requests_processing gauge\nllamacpp:requests_processing ${processing}\n`,
  );

const applyTemplate: Endpoint = (exchange, { options }) => {
  const { prompt } = renderPrompt(options, exchange.record.body);
  exchange.json(200, { prompt });
};

const tokenize: Endpoint = (exchange, { options, tokenizer }) => {
  const { content, add_special = false } = exchange.record.body;
  if (content === undefined) return exchange.json(200, { tokens: [] });
  const text = (add_special === true ? BOS[options.template] : "") + String(content);
  exchange.json(200, { tokens: tokenizer.encode(text) });
};

const detokenize: Endpoint = (exchange, { tokenizer }) => {
  const { tokens } = exchange.record.body;
  exchange.json(200, { content: Array.isArray(tokens) ? tokenizer.decode(tokens) : "" });
};

const completions: Endpoint = async (exchange, state) => {
  const { modelName } = state.options;
  const { body } = exchange.record;
  if (typeof body.prompt !== "string") {
    throw new LlamacppError(400, '"prompt" is missing or cannot be split into tokens');
  }
  const shape = (text: string, logprobs: unknown, finish: string | null) => ({
    choices: [{ text, index: 0, logprobs, finish_reason: finish }],
    model: modelName,
    object: "text_completion",
    system_fingerprint: "b500-de3ff81",
    id: "chatcmpl-fake",
  });
  const probabilities = body.n_probs ?? body.logprobs;
  await write(
    exchange,
    state,
    { prompt: body.prompt },
    {
      preserved: Array.isArray(body.preserved_tokens) ? body.preserved_tokens : [],
      probabilities: typeof probabilities === "number" ? probabilities : 0,
      chunksOf: ({ text, token }, logprobs) => {
        const said = { content: text, tokens: state.tokenizer.encode(token.text) };
        const verbose = body.verbose === true ? { __verbose: said } : {};
        return [{ ...shape(text, logprobs, null), ...verbose }];
      },
      endOf: (finish) => [shape("", null, finish)],
    },
  );
};

const chat: Endpoint = async (exchange, state) => {
  const { options } = state;
  const { body } = exchange.record;
  const { logprobs, top_logprobs } = body;
  checkChat(body);
  const rendered = renderPrompt(options, body);
  checkForm(body, options);
  await write(exchange, state, rendered, {
    // The parser must see its tags.
    preserved: ["<think>", "</think>"],
    probabilities: logprobs !== true ? 0 : typeof top_logprobs === "number" ? top_logprobs : 20,
    usageApart: true,
    ...chatDeltas(rendered, body, options),
  });
};

type EndpointShape = Pick<
  Generation,
  "preserved" | "probabilities" | "chunksOf" | "endOf" | "opening" | "usageApart"
>;

async function write(
  exchange: Exchange<LlamacppFault>,
  state: FakeLlamacppState,
  given: Pick<RenderedChat, "prompt"> & Partial<RenderedChat>,
  shape: EndpointShape,
): Promise<void> {
  const { options, tokenizer } = state;
  const { prompt } = given;
  const { body } = exchange.record;
  const promptTokens = tokenizer.encode(BOS[options.template] + prompt).length;
  if (promptTokens >= options.contextSize) throw exceeded(promptTokens, options.contextSize);
  noticeViolations(exchange.record, given, state);
  const maxTokens = typeof body.max_tokens === "number" ? body.max_tokens : -1;
  const room = options.contextSize - promptTokens;
  const cachedTokens = Math.min(promptTokens - 1, commonTokens(state, prompt));
  exchange.record.promptTokens = { all: promptTokens, cached: cachedTokens };
  const generation: Generation = {
    ...shape,
    script: options.model(prompt),
    body,
    promptTokens,
    cachedTokens,
    // 0 gives one token all the same; a negative number, all there is room for.
    maxTokens: Math.min(maxTokens < 0 ? room : Math.max(1, maxTokens), room),
    stop: stopOf(body),
    draftedTokens: options.draftedTokens ?? 0,
    tokenDelayMs: options.tokenDelayMs ?? 0,
    requestDelayMs: options.requestDelayMs ?? 0,
  };
  state.processing++;
  try {
    const reply = body.stream === true ? streamReply : wholeReply;
    state.slot = prompt + (await reply(exchange, generation));
  } finally {
    state.processing--;
  }
}

function commonTokens({ tokenizer, slot }: FakeLlamacppState, prompt: string): number {
  const before = tokenizer.encode(slot);
  const now = tokenizer.encode(prompt);
  const differs = now.findIndex((token, index) => token !== before[index]);
  return differs === -1 ? now.length : differs;
}

function exceeded(promptTokens: number, contextSize: number): LlamacppError {
  return new LlamacppError(
    400,
    `request (${promptTokens} tokens) exceeds the available context size (${contextSize} tokens), try increasing it`,
    "exceed_context_size_error",
    { n_prompt_tokens: promptTokens, n_ctx: contextSize },
  );
}

/** A reply in one piece; what it says of chat is only that the prefill is echoed in it. */
async function wholeReply(
  exchange: Exchange<LlamacppFault>,
  generation: Generation,
): Promise<string> {
  let text = "";
  for (const item of generate(generation.script, generation)) {
    if (!("stopType" in item)) {
      text += item.text;
      continue;
    }
    const isChat = exchange.path.endsWith("/chat/completions");
    const content = isChat ? prefillOf(exchange) + text : text;
    exchange.json(200, {
      choices: [
        {
          index: 0,
          ...(isChat ? { message: { role: "assistant", content } } : { text: content }),
          finish_reason: finishOf(item),
        },
      ],
      usage: usageOf(generation, item),
      ...(generation.body.verbose === true ? { __verbose: verboseOf(item) } : {}),
    });
  }
  return text;
}

/** Echoed whole, with flags or without. */
function prefillOf({ record }: Exchange<LlamacppFault>): string {
  return renderPrompt({ template: "plain" }, record.body).prefill;
}

export const OPEN_ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  "GET /health": health,
  "GET /v1/health": health,
};

export const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  "GET /props": props,
  "GET /slots": slots,
  "GET /metrics": metrics,
  "GET /models": models,
  "GET /v1/models": models,
  "POST /apply-template": applyTemplate,
  "POST /tokenize": tokenize,
  "POST /detokenize": detokenize,
  "POST /v1/completions": completions,
  "POST /v1/chat/completions": chat,
};
