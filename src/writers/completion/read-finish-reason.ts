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

/** `withheld`: the provider did not let the reply out, or broke it off; it is incomplete. */
export function meaningOf(reason: string): "end" | "stop-string" | "length" | "withheld" {
  const word = reason.toLowerCase();
  if (TOKEN_LIMITS.has(word)) return "length";
  if (WITHHELD.has(word)) return "withheld";
  return word === "stop_sequence" ? "stop-string" : "end";
}
