import type { TemplateName } from "../script/chat-templates.js";
import type { ScriptedModel } from "../script/scripted-model.js";
import type { ToolCallDelta } from "./tool-call-delta.js";

export interface FakeVllmOptions {
  readonly model: ScriptedModel;
  /** Default: "small". */
  readonly modelName?: string;
  /** Default: "plain". */
  readonly template?: TemplateName;
  /** Asked for on /v1 paths, as vLLM does. */
  readonly apiKey?: string;
  readonly maxModelLen?: number;
  /** `--scheduling-policy`, on a server that shows it (`VLLM_SERVER_DEV_MODE=1`). Default: not shown. */
  readonly shownPolicy?: "fcfs" | "priority";
  /** A server that refuses what it would not heed, as vLLM's documentation has it and 0.32 does not. */
  readonly refusesPriority?: boolean;
  /** A gateway that exposes /v1 alone. */
  readonly onlyV1?: boolean;
  /** A gateway of this make stands in front. */
  readonly gateway?: Gateway;
  /** `--max-logprobs`: candidates of a position, at most. Default: 20. */
  readonly maxLogprobs?: number;
  /** `false`: log-probabilities come in whole replies only. */
  readonly logprobsInStreams?: false;
  /** `false`: they come in no whole reply. */
  readonly logprobsInWhole?: false;
  /** mlx-lm: text completions take `logprobs: true` with `top_logprobs`, too, and list candidates. */
  readonly logprobsAsInChat?: true;
  /** `--logprobs-mode processed_logprobs`: log-probabilities after temperature. */
  readonly processedLogprobs?: boolean;
  /** Thoughts come in `delta.reasoning`, their closing tag never. */
  readonly reasoningParser?: boolean;
  /** Tool calls in the text are parsed (Hermes), as with --enable-auto-tool-choice. */
  readonly toolParser?: boolean;
  /** A server that streams parsed calls in a form of its own. */
  readonly toolCallDelta?: (delta: ToolCallDelta) => object;
  /** Tokens of each chunk; a list is gone through again and again. Default: 1. */
  readonly tokensPerChunk?: number | readonly number[];
  /** `--enable-prompt-tokens-details`, with a prefix cache in blocks of so many tokens; 0: the cache is off. Default: not told. */
  readonly cacheBlock?: number;
  /** A draft model is configured: its counters are among the metrics. */
  readonly drafts?: boolean;
  /** `--per-request-spec-decode-metrics`: `metrics` of a stream's last chunk, where usage is asked for. Default: none. */
  readonly metrics?: unknown;
  readonly tokenDelayMs?: number;
  /** Before the reply begins (headers come at once on vLLM, and here, for streams). */
  readonly requestDelayMs?: number;
  /** Answers 418 to what a real server would silently get wrong. */
  readonly refuseViolations?: boolean;
}

/**
 * `ray`: Ray Serve LLM, whose `/tokenize` takes no messages. `litellm`: its own routes, which lose the
 * log-probabilities of streamed text, running usage and a prompt's text.
 */
export type Gateway = "litellm" | "ray";

/** What a real server answers with 200, and gets wrong. */
export type Violation = "double_bos" | "second_think" | "closed_thought" | "not_streamed";
