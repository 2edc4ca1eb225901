import type { Exchange } from "../http/exchange.js";
import { BOS, TEMPLATES, type TemplateMessage } from "../script/chat-templates.js";
import type { FakeTokenizer } from "../script/fake-tokenizer.js";
import { assistantPart } from "../script/scripted-model.js";
import type { FakeOllamaOptions, OllamaFault, OllamaViolation } from "./fake-ollama-options.js";
import type { Memory } from "./memory.js";
import { OllamaError, overflow } from "./ollama-error.js";
import { streamChat } from "./stream-chat.js";
import { streamReply } from "./stream-reply.js";

/** What the endpoints of one server share. */
export interface FakeOllamaState {
  readonly options: Required<FakeOllamaOptions>;
  readonly tokenizer: FakeTokenizer;
  readonly memory: Memory;
  readonly violations: OllamaViolation[];
}

type Body = Readonly<Record<string, unknown>>;
type Endpoint = (exchange: Exchange<OllamaFault>, state: FakeOllamaState) => void | Promise<void>;

const version: Endpoint = (exchange, { options }) =>
  exchange.json(200, { version: options.version });

const models: Endpoint = (exchange, { options }) =>
  exchange.json(200, {
    object: "list",
    data: options.names.map((id) => ({ id, object: "model", owned_by: "library" })),
  });

const ps: Endpoint = (exchange, { memory }) =>
  exchange.json(200, {
    models: memory.loaded.map((name) => ({
      name,
      model: name,
      size: 1e9,
      size_vram: 1e9,
      context_length: memory.contextOf(name),
    })),
  });

const show: Endpoint = (exchange, { options }) =>
  exchange.json(200, {
    template: "{{ .Prompt }}",
    capabilities: ["completion", ...(options.thinks ? ["thinking"] : [])],
    model_info: options.addsBos === null ? {} : { "tokenizer.ggml.add_bos_token": options.addsBos },
  });

const chat: Endpoint = async (exchange, state) => {
  const { options, memory } = state;
  const { body } = exchange.record;
  checkThink(body, options);
  const { name } = memory.need(body.model, optionsOf(body));
  const text = TEMPLATES[options.template]({
    messages: messagesOf(body),
    tools: Array.isArray(body.tools) ? body.tools : undefined,
    kwargs: body.think === undefined ? {} : { enable_thinking: body.think !== false },
    addGenerationPrompt: true,
  });
  if (body._debug_render_only === true && options.renders) {
    return exchange.json(200, {
      model: name,
      message: { role: "", content: "" },
      done: false,
      _debug_info: { rendered_template: text },
    });
  }
  exchange.record.prompt = text;
  await streamChat(exchange, name);
};

const generate: Endpoint = async (exchange, state) => {
  const { options, memory, violations } = state;
  const { body } = exchange.record;
  if (body.raw !== true) throw new OllamaError(418, "The fake refuses: not raw.");
  checkThink(body, options);
  const top = Number(body.top_logprobs ?? 0);
  if (top < 0 || top > 20) throw new OllamaError(400, "top_logprobs must be between 0 and 20");
  const own = optionsOf(body);
  const { name, isNew } = memory.need(body.model, own);
  const given = String(body.prompt);
  violations.push(...violationsIn(given, own, options));
  const { prompt, tokens, room } = read(given, memory.contextOf(name), body, state);
  exchange.record.prompt = prompt;
  exchange.record.promptTokens = { all: tokens, cached: 0 };
  const predict = Number(own.num_predict ?? -1);
  const most = predict > 0 ? predict : Number.POSITIVE_INFINITY;
  if (most > room && body.shift !== false) violations.push("shifts");
  await streamReply(exchange, {
    name,
    script: options.model(prompt),
    promptTokens: tokens,
    limit: Math.min(most, room),
    stop: Array.isArray(own.stop) ? own.stop.map(String) : options.stop,
    isNew,
    top: body.logprobs === true && isAtLeast(options, 11) ? top : null,
    thinks: options.thinks && body.think !== false ? openedThought(given) : null,
    onParsed: () => violations.push("parsed"),
    options,
  });
  if (body.keep_alive === 0 || body.keep_alive === "0") memory.unload(name);
};

function violationsIn(
  given: string,
  own: Body,
  options: Required<FakeOllamaOptions>,
): readonly OllamaViolation[] {
  const bos = bosOf(options);
  const written = assistantPart(given);
  const found: OllamaViolation[] = [];
  if (bos !== "" && given.startsWith(bos)) found.push("double_bos");
  if (written.split("<think>").length > 2) found.push("second_think");
  if (/<think>\s*<\/think>/.test(written)) found.push("closed_thought");
  if (Array.isArray(own.stop) && options.stop.length > 0) found.push("stop_replaced");
  return found;
}

/** Newer servers cut a prompt to about half of the context, so that there is room for a reply. */
function read(
  given: string,
  size: number,
  { truncate }: Body,
  { options, tokenizer, violations }: FakeOllamaState,
): { readonly prompt: string; readonly tokens: number; readonly room: number } {
  const all = tokenizer.encode(bosOf(options) + given);
  if (all.length < size) return { prompt: given, tokens: all.length, room: size - all.length };
  if (truncate === false && !options.cutsAnyway && isAtLeast(options, 6)) {
    throw overflow(options.engine, all.length, size);
  }
  violations.push("cut");
  const kept = all.slice(-Math.floor(size / 2));
  return { prompt: tokenizer.decode(kept), tokens: kept.length, room: size - kept.length };
}

/** What the tokenizer puts before a text. */
function bosOf({ addsBos, template }: Required<FakeOllamaOptions>): string {
  return addsBos === false ? "" : BOS[template];
}

/** Is the version 0.12.PATCH or newer? */
function isAtLeast({ version: told }: Required<FakeOllamaOptions>, patch: number): boolean {
  const [, minor = 0, own = 0] = told.split(".").map(Number);
  return minor > 12 || (minor === 12 && own >= patch);
}

/** Where the prompt ends in the opening tag, what comes is a thought to the parser; else text, unless it begins with one. */
function openedThought(prompt: string): boolean {
  return prompt.trimEnd().endsWith("<think>");
}

function checkThink({ think, model }: Body, { thinks }: Required<FakeOllamaOptions>): void {
  if (think === true && !thinks) {
    throw new OllamaError(400, `"${model}" does not support thinking`);
  }
}

function optionsOf({ options }: Body): Body {
  return (options ?? {}) as Body;
}

function messagesOf({ messages }: Body): readonly TemplateMessage[] {
  return (messages as readonly TemplateMessage[]).map((message) => {
    if (typeof message.content !== "string") {
      throw new OllamaError(400, "json: cannot unmarshal array into Go struct field");
    }
    return message;
  });
}

export const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  "/api/version": version,
  "/api/ps": ps,
  "/api/show": show,
  "/api/chat": chat,
  "/api/generate": generate,
  "/v1/models": models,
};
