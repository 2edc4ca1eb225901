/** A chunk of a LangChain chat model, as far as its end is concerned. */
interface EndOfReply {
  readonly response_metadata?: Readonly<Record<string, unknown>>;
  readonly additional_kwargs?: Readonly<Record<string, unknown>>;
}

/** Where providers say why a reply ended: OpenAI and Mistral, Gemini, Claude, Bedrock, Ollama. */
const FIELDS = [
  "finish_reason",
  "finishReason",
  "stop_reason",
  "stopReason",
  "done_reason",
] as const;

const TOKEN_LIMITS: ReadonlySet<string> = new Set([
  "length",
  "max_length",
  "max_output_tokens",
  "max_tokens",
  "model_context_window_exceeded",
  "model_length",
]);

/** The model's own end, in the words of servers that tell it from a stop string. */
const OWN_ENDS: ReadonlySet<string> = new Set([
  "end_turn",
  "eos",
  "eos_token",
  // vLLM's own detection, where the user asked for it: the server decided, nothing of ours matched.
  "repetition",
]);

/** The model's own end or a stop string: such servers say the same of both. */
const PLAIN_ENDS: ReadonlySet<string> = new Set(["complete", "completed", "stop"]);

/** Chat. A choice that names its tool ends with "stop" on some servers. */
const CALLS: ReadonlySet<string> = new Set(["function_call", "tool_calls", "tool_use"]);

const WITHHELD: ReadonlySet<string> = new Set([
  "abort",
  "blocklist",
  "content_filter",
  "content_filtered",
  "error",
  "guardrail_intervened",
  "malformed_function_call",
  "prohibited_content",
  "recitation",
  "refusal",
  "safety",
  "spii",
]);

/** Why a reply ended, in its provider's own word; `null` where a chunk does not say. */
export function finishReasonOf(chunk: EndOfReply): string | null {
  for (const said of [chunk.response_metadata ?? {}, chunk.additional_kwargs ?? {}]) {
    // OpenAI's Responses API tells a limit so.
    const { incomplete_details, status } = said;
    const { reason } = (incomplete_details ?? {}) as { reason?: unknown };
    if (typeof reason === "string") return reason;
    const found = FIELDS.map((field) => said[field]).find(
      (value) => typeof value === "string" && value !== "",
    );
    if (typeof found === "string") return found;
    if (status === "completed") return status;
  }
  return null;
}

/**
 * What a server's word for an end means. `end`: the model's own, or a stop string. `withheld`: the provider did
 * not let the reply out, or broke it off; it is incomplete.
 */
export type EndMeaning =
  | "end"
  | "own-end"
  | "stop-string"
  | "calls"
  | "length"
  | "withheld"
  | "unknown";

export function meaningOf(reason: unknown): EndMeaning {
  const word = typeof reason === "string" ? reason.toLowerCase() : "";
  if (PLAIN_ENDS.has(word)) return "end";
  if (TOKEN_LIMITS.has(word)) return "length";
  if (OWN_ENDS.has(word)) return "own-end";
  if (CALLS.has(word)) return "calls";
  if (WITHHELD.has(word)) return "withheld";
  return word === "stop_sequence" ? "stop-string" : "unknown";
}
