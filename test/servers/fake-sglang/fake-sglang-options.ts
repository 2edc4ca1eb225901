import type { FakeServer } from "../http/start-fake.js";
import type { TemplateName } from "../script/chat-templates.js";
import type { ScriptedModel } from "../script/scripted-model.js";

export interface FakeSglangOptions {
  readonly model: ScriptedModel;
  /** Only a name: SGLang takes any other for it. Default: "small". */
  readonly modelName?: string;
  /** Default: "plain". */
  readonly template?: TemplateName;
  /** Asked for on every path but /health, unlike vLLM. */
  readonly apiKey?: string;
  /** `--context-length`. Default: 4096. */
  readonly contextLength?: number;
  /** `--max-total-tokens`: tokens of the KV pool. Default: more than the context. */
  readonly kvPool?: number;
  /** The tokenizer puts a BOS before every text, also one that has it. Default: false. */
  readonly tokenizerAddsBos?: boolean;
  /** Runs with `SGLANG_RETURN_ORIGINAL_LOGPROB=1`. */
  readonly originalLogprobs?: boolean;
  /** The model's own default (`generation_config.json`). Default: 1. */
  readonly defaultTemperature?: number;
  /** A gateway that exposes /v1 alone. */
  readonly onlyV1?: boolean;
  /** Before `messages` were known to /tokenize. */
  readonly textOnlyTokenize?: boolean;
  /** sglang-router 0.3.2 in front: it knows few paths, and sends JSON as plain text. */
  readonly router?: boolean;
  /** `SGLANG_RUST_SERVER=1`. */
  readonly rust?: boolean;
  /** `--reasoning-parser`, for chat. `true`: "deepseek-r1", where every reply begins in a thought. */
  readonly reasoningParser?: boolean | "qwen3";
  /** `--tool-call-parser`, for chat. */
  readonly toolParser?: boolean;
  /** `--enable-cache-report`. */
  readonly cacheReport?: boolean;
  /** `--speculative-algorithm EAGLE`. */
  readonly drafts?: boolean;
  readonly tokensPerChunk?: number;
  readonly tokenDelayMs?: number;
}

/** What a real server answers with 200, and gets wrong. */
export type SglangViolation =
  | "double_bos"
  | "second_think"
  | "eos_shown"
  /** Tools for a server without their parser: a call stays text. */
  | "unparsed_tools"
  /** An answer behind a closed thought, which the reasoning parser takes for a thought. */
  | "answer_as_thought"
  /** A forced call whose arguments are held to no schema: it lacks `strict`, or the grammar waits for a thought. */
  | "unheld_call"
  /** Fields that the Rust front end ignores. */
  | "ignored_ids"
  | "ignored_format"
  | "ignored_tools";

/** A running fake. */
export interface FakeSglang extends FakeServer {
  readonly violations: readonly SglangViolation[];
}
