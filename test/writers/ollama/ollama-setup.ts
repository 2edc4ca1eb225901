import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { BaseMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";
import { onTestFinished } from "vitest";
import { GlimpRouterChatModel, type GlimpRouterFields } from "../../../src/index.js";
import type {
  FakeOllama,
  FakeOllamaOptions,
} from "../../servers/fake-ollama/fake-ollama-options.js";
import { startFakeOllama } from "../../servers/fake-ollama/start-fake-ollama.js";
import { type ScriptedThought, scriptedThought } from "../../servers/script/scripted-model.js";
import { SCRIPT } from "../vllm/vllm-setup.js";

/** A fake server that ends with the test. */
export async function fakeOllama(
  options: Partial<FakeOllamaOptions> & { readonly script?: ScriptedThought } = {},
): Promise<FakeOllama> {
  const { script = SCRIPT, ...rest } = options;
  const server = await startFakeOllama({ model: scriptedThought(script), ...rest });
  onTestFinished(() => server.close());
  return server;
}

interface OllamaFields {
  readonly model?: string;
  readonly maxRetries?: number;
  readonly numCtx?: number;
  readonly temperature?: number;
  readonly keepAlive?: string | number;
  readonly think?: boolean;
  readonly format?: unknown;
  readonly headers?: Record<string, string>;
}

/** The shape of `ChatOllama` 1.3, as far as it is looked at. */
class OllamaShaped extends BaseChatModel {
  readonly model: string;
  readonly baseUrl: string;
  readonly client: unknown;
  readonly #fields: OllamaFields;

  constructor(baseUrl: string, fields: OllamaFields = {}) {
    super({ maxRetries: fields.maxRetries ?? 0 });
    this.baseUrl = baseUrl;
    this.model = fields.model ?? "small";
    this.#fields = fields;
    this.client = { config: { headers: fields.headers }, fetch, generate: () => undefined };
  }

  override _llmType(): string {
    return "ollama";
  }

  override invocationParams(options?: { readonly stop?: readonly string[] }): object {
    const { numCtx, temperature, keepAlive, think, format } = this.#fields;
    return {
      model: this.model,
      format,
      keep_alive: keepAlive,
      think,
      options: { num_ctx: numCtx, num_predict: undefined, temperature, stop: options?.stop },
      tools: undefined,
    };
  }

  override bindTools(): never {
    throw new Error("Not in these tests.");
  }

  override _streamResponseChunks(): AsyncGenerator<never> {
    throw new Error("A thought is not written in chat.");
  }

  override _generate(_messages: BaseMessage[]): Promise<ChatResult> {
    throw new Error("A thought is not written in chat.");
  }
}

export function ollamaModel(server: { readonly url: string }, fields: OllamaFields = {}) {
  return new OllamaShaped(server.url, fields);
}

/** Two models of one server, and a router over them. */
export function ollamaRouter(
  server: FakeOllama,
  fields: Partial<GlimpRouterFields> = {},
  of: OllamaFields = {},
): GlimpRouterChatModel {
  return new GlimpRouterChatModel({
    small: ollamaModel(server, of),
    large: ollamaModel(server, { ...of, model: "large" }),
    ...fields,
  });
}
