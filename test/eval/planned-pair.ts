import { getEventListeners } from "node:events";
import {
  BaseChatModel,
  type BaseChatModelParams,
} from "@langchain/core/language_models/chat_models";
import type { BaseMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";
import type { Problem } from "../../src/eval/problems/problem.js";
import type { ThoughtPrompt } from "../../src/prompt/thought-prompt.js";
import {
  STEP_WRITER,
  type StepWriter,
  type WriteOptions,
  type Written,
} from "../../src/router/step-writer.js";
import { generate } from "../servers/fake-vllm/generate.js";
import { scriptedThought } from "../servers/script/scripted-model.js";

/** What may be planned of a model. */
export interface PlannedFields extends BaseChatModelParams {
  readonly role: "small" | "large";
  readonly temperature?: number;
  /** Thrown at the first token of a reply to this question; `undefined`: none. */
  readonly fail?: (question: string) => Error | undefined;
  /** Before each token. */
  readonly delayMs?: number;
}

/**
 * A model for questions such as "q7": it thinks two steps, the second one hard, where small is wrong for odd numbers. The
 * answer follows from the thought, whoever wrote it: "7", or "0".
 */
class PlannedModel extends BaseChatModel {
  readonly model = "planned";
  readonly temperature: number | undefined;
  readonly [STEP_WRITER]: StepWriter<ThoughtPrompt>;
  /** Requests that wrote something. */
  requests = 0;
  underWay = 0;
  mostUnderWay = 0;
  /** On the signal of one request. */
  mostListeners = 0;
  readonly #fields: PlannedFields;

  constructor(fields: PlannedFields) {
    super({});
    this.#fields = fields;
    this.temperature = fields.temperature;
    this[STEP_WRITER] = {
      kind: "planned",
      open: async ({ messages }) => ({
        kind: "planned",
        data: `<|im_start|>user\n${messages.at(-1)?.text}<|im_end|>\n<|im_start|>assistant\n<think>\n`,
        opensThought: false,
        promptTokens: 10,
        contextSize: 4096,
      }),
      write: ({ data }, thought, how, signal) => this.#write(`${data}${thought}`, how, signal),
    };
  }

  override _llmType(): string {
    return "planned";
  }

  override _generate(_messages: BaseMessage[]): Promise<ChatResult> {
    throw new Error("An evaluation must not invoke a model that brings its own writer.");
  }

  override async *_streamResponseChunks(): AsyncGenerator<never> {
    yield await Promise.reject(new Error("Nor must it stream one."));
  }

  async *#write(
    prompt: string,
    how: WriteOptions,
    signal?: AbortSignal,
  ): AsyncGenerator<Written, void, void> {
    const { fail, delayMs = 0 } = this.#fields;
    const question = /user\n(\S+)</.exec(prompt)?.[1] ?? "";
    const options = { includeStop: false, skipSpecial: false, tokensPerChunk: 1 };
    this.requests++;
    this.mostUnderWay = Math.max(this.mostUnderWay, ++this.underWay);
    // As a model in this process hears of an abort.
    const onAbort = () => undefined;
    signal?.addEventListener("abort", onAbort);
    const listeners = signal === undefined ? [] : getEventListeners(signal, "abort");
    this.mostListeners = Math.max(this.mostListeners, listeners.length);
    try {
      const asked = { ...options, maxTokens: how.maxTokens, stop: how.stop ?? [] };
      let count = 0;
      for (const chunk of generate(this.#tokens(prompt, question), asked)) {
        await new Promise((resolve) => setTimeout(resolve, delayMs));
        signal?.throwIfAborted();
        const failure = fail?.(question);
        if (failure !== undefined) throw failure;
        const tokens = chunk.tokens.map(({ text, listed = text, top }) => ({
          token: listed,
          logprob: top[0]?.[1] ?? 0,
          top: top.slice(0, how.topLogprobs).map(([token, logprob]) => ({ token, logprob })),
        }));
        count += tokens.length;
        yield { type: "text", text: chunk.text, tokens };
        if (chunk.finish === null) continue;
        const reason = chunk.finish === "length" ? "length" : chunk.stopReason ? "stop" : "eos";
        yield { type: "end", reason, usage: { input_tokens: 10, output_tokens: count } };
      }
    } finally {
      this.underWay--;
      signal?.removeEventListener("abort", onAbort);
    }
  }

  #tokens(prompt: string, question: string) {
    const number = Number(question.slice(1));
    const isRight = this.#fields.role === "large" || number % 2 === 0;
    const hard = isRight ? `It must be ${number}.` : "It may be 0.";
    const known = /It (?:must|may) be (\d+)\./.exec(prompt)?.[1];
    return scriptedThought({
      steps: [
        { text: `Look at ${question}.`, entropy: 0.2 },
        { text: hard, entropy: 2.1 },
      ],
      answer: known ?? (isRight ? String(number) : "0"),
    })(prompt);
  }
}

/** Greedy ones, unless told otherwise. */
export function plannedPair(
  fields: { readonly small?: Partial<PlannedFields>; readonly large?: Partial<PlannedFields> } = {},
) {
  return {
    small: new PlannedModel({ temperature: 0, ...fields.small, role: "small" }),
    large: new PlannedModel({ temperature: 0, ...fields.large, role: "large" }),
  };
}

/** "q1" to "qN", two a cluster. */
export function plannedProblems(count: number): Problem[] {
  return Array.from({ length: count }, (_, at) => ({
    id: `p${at + 1}`,
    prompt: `q${at + 1}`,
    answer: at + 1,
    cluster: `c${Math.floor(at / 2)}`,
  }));
}
