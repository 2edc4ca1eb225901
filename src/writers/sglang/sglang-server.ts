import type { OpenAIAccess } from "../connection/openai-client.js";
import { requestJson } from "../connection/send-request.js";
import { answerStatus } from "../connection/server-error.js";

/** What an SGLang server tells of itself; `null` where it is hidden, by a gateway say. */
export interface SglangServer {
  readonly version: string | null;
  /** `SGLANG_RUST_SERVER=1`: chat `input_ids` and a text completion's response format are ignored, silently. */
  readonly isRust: boolean;
  /** Tokens that an input may have: those of the context, or of a KV pool that is smaller. */
  readonly maxInput: number | null;
  readonly reasoningParser: string | null;
}

const HIDDEN: SglangServer = {
  version: null,
  isRust: false,
  maxInput: null,
  reasoningParser: null,
};

/** By server. Failures are not kept, but for the answer that there is no such page. */
const known = new Map<string, SglangServer>();

/** Asks the server once per process and address. Never an error: what is wrong shows where it matters. */
export async function sglangServer(
  access: OpenAIAccess,
  signal?: AbortSignal,
): Promise<SglangServer> {
  const remembered = known.get(access.rootURL);
  if (remembered !== undefined) return remembered;
  try {
    const url = `${access.rootURL}/server_info`;
    const read = readServer(await requestJson(access, url, undefined, signal));
    known.set(access.rootURL, read);
    return read;
  } catch (error) {
    if (signal?.aborted) throw error;
    if (answerStatus(error) === 404) known.set(access.rootURL, HIDDEN);
    return HIDDEN;
  }
}

function readServer(reply: unknown): SglangServer {
  const { version, frontend, max_req_input_len, reasoning_parser } = (reply ?? {}) as Readonly<
    Record<string, unknown>
  >;
  return {
    version: typeof version === "string" ? version : null,
    isRust: frontend === "rust",
    maxInput: typeof max_req_input_len === "number" ? max_req_input_len : null,
    reasoningParser: typeof reasoning_parser === "string" ? reasoning_parser : null,
  };
}

/** Reasoning parsers of 0.5.23 that `chat_template_kwargs` can tell that nothing is left to be thought. */
const OBEDIENT_PARSERS: ReadonlySet<string> = new Set([
  ...["qwen3", "qwen3-thinking", "dots", "glm45", "interns1", "iquest_q1", "ling3", "minimax"],
  ...["nanbeige", "nemotron_3", "granite_thinking_parser", "kimi_k2", "kimi_k3", "mimo", "gemma4"],
  ...["poolside_v1", "deepseek-v3", "deepseek-v4", "deepseek-v41"],
]);

/**
 * Does the server wait for a closing tag in every chat reply, whatever the request says? Its grammars then hold
 * nothing to a format, and its tool parser sees nothing, until a tag comes that stands in the prompt already.
 */
export function alwaysExpectsThought({ reasoningParser }: SglangServer): boolean {
  return reasoningParser !== null && !OBEDIENT_PARSERS.has(reasoningParser);
}
