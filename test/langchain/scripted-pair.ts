import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import {
  BaseChatModel,
  type BaseChatModelParams,
} from "@langchain/core/language_models/chat_models";
import type { ModelProfile } from "@langchain/core/language_models/profile";
import type { BaseMessage } from "@langchain/core/messages";
import type { ChatGenerationChunk, ChatResult } from "@langchain/core/outputs";
import { GlimpRouterChatModel, type GlimpRouterFields, STEP_WRITER } from "../../src/index.js";
import type { ThoughtPrompt } from "../../src/prompt/thought-prompt.js";
import type { StepWriter, WriteOptions, Written } from "../../src/router/step-writer.js";
import { generate } from "../servers/fake-vllm/generate.js";
import { type ScriptedThought, scriptedThought } from "../servers/script/scripted-model.js";

/** Three steps, the second one hard. */
export const SCRIPT: ScriptedThought = {
  steps: [
    { text: "First we add 2 and 2.", entropy: 0.2 },
    { text: "Wait, is that right?", entropy: 2.1 },
    { text: "Yes, it is four.", entropy: 0.3 },
  ],
  answer: "The answer is 4.",
};

export const THOUGHT = "First we add 2 and 2.\n\nWait, is that right?\n\nYes, it is four.";

/** What may be scripted of a model beside its words. */
export interface ScriptedModelFields extends BaseChatModelParams {
  readonly script?: ScriptedThought;
  /** Before each token. */
  readonly tokenDelayMs?: number;
  /** Fails at the first token of a request with so many characters behind the header, or more. */
  readonly failAt?: number;
  /** Fails in mid-stream, where so many characters stand behind the header, what it writes included. */
  readonly dieAt?: number;
  /** What the model tells of a prompt. Default: 10. */
  readonly promptTokens?: number | null;
  readonly profile?: ModelProfile;
  readonly temperature?: number;
  /** What the model says it is. */
  readonly identity?: Record<string, unknown>;
}

/** A chat model in this process that follows a script, and refuses every call that is not its writer's. */
export class ScriptedChatModel extends BaseChatModel {
  readonly temperature: number | undefined;
  /** Prompts that were opened. */
  readonly opened: ThoughtPrompt[] = [];
  /** Streams that are being written now. */
  openStreams = 0;
  /** When the last stream ended, in milliseconds of `performance.now()`. */
  endedAt = 0;
  readonly [STEP_WRITER]: StepWriter<ThoughtPrompt>;
  readonly #fields: ScriptedModelFields;

  constructor(fields: ScriptedModelFields = {}) {
    super({});
    this.#fields = fields;
    this.temperature = fields.temperature;
    this[STEP_WRITER] = {
      kind: "scripted",
      open: async (prompt) => {
        this.opened.push(prompt);
        const { promptTokens = OPENING.promptTokens } = fields;
        const data = prompt.thinking === false ? TURN : `${TURN}<think>\n`;
        return { ...OPENING, data, promptTokens };
      },
      write: ({ data }, thought, how, signal) => this.#write(`${data}${thought}`, how, signal),
    };
  }

  override _llmType(): string {
    return "scripted";
  }

  override _identifyingParams(): Record<string, unknown> {
    return this.#fields.identity ?? {};
  }

  override get profile(): ModelProfile {
    return this.#fields.profile ?? {};
  }

  override _generate(): Promise<ChatResult> {
    throw new Error("The router must not invoke its models.");
  }

  override async *_streamResponseChunks(
    _messages: BaseMessage[],
    _options: this["ParsedCallOptions"],
    _runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    yield await Promise.reject(new Error("The router must not stream its models."));
  }

  async *#write(
    prompt: string,
    how: WriteOptions,
    signal?: AbortSignal,
  ): AsyncGenerator<Written, void, void> {
    const { failAt, dieAt, script = SCRIPT, tokenDelayMs = 0 } = this.#fields;
    const tokens = scriptedThought(script)(prompt);
    const options = { ...GENERATE, maxTokens: how.maxTokens, stop: how.stop ?? [] };
    let length = prompt.length - TURN.length;
    this.openStreams++;
    try {
      for (const chunk of generate(tokens, options)) {
        await delay(tokenDelayMs, signal);
        if (failAt !== undefined && prompt.length - TURN.length >= failAt)
          throw new Error("The engine died.");
        length += chunk.text.length;
        if (dieAt !== undefined && length > dieAt) throw new Error("The engine died.");
        const listed = chunk.tokens.map(({ text, listed = text, top }) => ({
          token: listed,
          logprob: top[0]?.[1] ?? 0,
          top: top.map(([token, logprob]) => ({ token, logprob })),
        }));
        yield { type: "text", text: chunk.text, tokens: listed };
        if (chunk.finish === null) continue;
        const stop = chunk.stopReason === null ? "eos" : "stop";
        yield { type: "end", reason: chunk.finish === "length" ? "length" : stop };
      }
    } finally {
      this.openStreams--;
      this.endedAt = performance.now();
    }
  }
}

const TURN = "<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n";
const OPENING = {
  kind: "scripted",
  opensThought: false,
  promptTokens: 10,
  contextSize: 4096,
};
const GENERATE = { includeStop: false, skipSpecial: false, tokensPerChunk: 1 };

/** Waits like an engine that an abort interrupts. */
function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", fail);
      resolve();
    }, ms);
    if (signal?.aborted) fail();
    else signal?.addEventListener("abort", fail, { once: true });
  });
}

/** A router over two scripted models. */
export function scriptedRouter(
  models: { readonly small?: ScriptedModelFields; readonly large?: ScriptedModelFields } = {},
  fields: Partial<GlimpRouterFields> = {},
) {
  const small = new ScriptedChatModel(models.small);
  const large = new ScriptedChatModel(models.large);
  return { small, large, router: new GlimpRouterChatModel({ small, large, ...fields }) };
}
