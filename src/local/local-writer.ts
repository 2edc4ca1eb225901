import { GlimpRouterError } from "../errors.js";
import { openThought } from "../prompt/open-thought.js";
import type { ThoughtPrompt } from "../prompt/thought-prompt.js";
import { GlimpseWatch } from "../router/glimpse-watch.js";
import type {
  CandidatesWanted,
  Opening,
  ScoredText,
  StepWriter,
  WriteOptions,
  Written,
} from "../router/step-writer.js";
import type { LocalEngine } from "./local-engine.js";
import { type PromptSettings, renderPrompt } from "./render-prompt.js";
import { type SamplingDefaults, samplingFor } from "./sampling-options.js";
import { scoreText } from "./score-text.js";
import { writeText } from "./write-text.js";

/**
 * The step writer of a model in this process: the prompt is rendered once with the model's own chat
 * template, and every write goes on behind it as text. What an earlier write has evaluated is not evaluated
 * again, and candidates are read only where a glimpse is due.
 */
export class LocalWriter implements StepWriter<ThoughtPrompt> {
  readonly kind = "local";
  readonly #engine: LocalEngine;
  readonly #prompts: PromptSettings;
  readonly #sampling: SamplingDefaults;

  constructor(engine: LocalEngine, prompts: PromptSettings, sampling: SamplingDefaults) {
    this.#engine = engine;
    this.#prompts = prompts;
    this.#sampling = sampling;
  }

  countTokens(text: string): number {
    return this.#engine.countTokens(text);
  }

  /** `data` is the prompt's text with the opening tag behind it. */
  async open(prompt: ThoughtPrompt, signal?: AbortSignal): Promise<Opening> {
    signal?.throwIfAborted();
    const rendered = renderPrompt(this.#engine, this.#prompts, prompt.messages, prompt.tools);
    const { text, opensThought } = openThought(rendered, prompt.thinking);
    const promptTokens = this.#engine.encode(text).length;
    return {
      kind: this.kind,
      data: text,
      opensThought,
      promptTokens,
      ...(text === rendered
        ? {}
        : { tagTokens: Math.max(0, promptTokens - this.#engine.encode(rendered).length) }),
      contextSize: this.#engine.contextSize,
    };
  }

  /**
   * Evaluates lazily: each token when it is asked for. `output_tokens` counts generated tokens, the one that
   * ends the text included.
   */
  write(
    from: Opening,
    thought: string,
    { maxTokens, stop, topLogprobs, temperature, glimpseAt }: WriteOptions,
    signal?: AbortSignal,
  ): AsyncGenerator<Written, void, CandidatesWanted> {
    const sampling = samplingFor(this.#sampling, temperature === undefined ? {} : { temperature });
    return writeText(
      this.#engine,
      promptText(from) + thought,
      {
        maxTokens,
        stop: stop ?? [],
        sampling,
        topLogprobs,
        watch: glimpseAt === undefined ? null : new GlimpseWatch(thought, glimpseAt),
        firstWanted: glimpseAt?.firstWanted,
      },
      signal,
    );
  }

  /** Only the text is evaluated where a sequence holds the thought. */
  scorePrompt(
    from: Opening,
    thought: string,
    text: string,
    { topLogprobs }: { readonly topLogprobs: number },
    signal?: AbortSignal,
  ): Promise<ScoredText> {
    return scoreText(this.#engine, promptText(from) + thought, text, topLogprobs, signal);
  }
}

function promptText({ kind, data }: Opening): string {
  if (kind === "local" && typeof data === "string") return data;
  throw new GlimpRouterError(
    `A local model goes on from its own opening, not from one of kind ${JSON.stringify(kind)}.`,
    { reason: "invalid_input" },
  );
}
