import {
  type ChunkReader,
  type GenerationChoice,
  vllmMatchedStop,
} from "../completion/read-generation.js";

/** `delta` of a chat chunk. vLLM 0.32 says `reasoning`, older versions and other servers `reasoning_content`. */
interface ChatDelta {
  readonly role?: string;
  readonly content?: string | null;
  readonly reasoning?: string | null;
  readonly reasoning_content?: string | null;
}

/**
 * Reads a chat stream as one text. A server with a reasoning parser cuts the thought out into a field of its
 * own and swallows the closing tag: the tag is put back where it stood.
 *
 * @param close - the closing tag that is still to come, `null` where none is
 */
export function chatReader(close: string | null): ChunkReader {
  let pending = close;
  let parsed = false;
  const closing = () => {
    const tag = pending ?? "";
    pending = null;
    return tag;
  };
  return {
    textOf(choice) {
      const delta = (choice.delta ?? {}) as ChatDelta;
      const reasoning = delta.reasoning ?? delta.reasoning_content ?? "";
      const content = delta.content ?? "";
      if (reasoning !== "") parsed = true;
      if (pending !== null && content.includes(pending)) pending = null;
      if (isSwallowedTag(choice, delta, pending)) return closing();
      // Where a parser is on, content is what follows the thought.
      return content === "" || !parsed ? reasoning + content : reasoning + closing() + content;
    },
    matchedStop: vllmMatchedStop,
  };
}

/** A token without any text field: the parser has taken it away. */
function isSwallowedTag(
  { finish_reason, logprobs }: GenerationChoice,
  { role, content, reasoning, reasoning_content }: ChatDelta,
  close: string | null,
): boolean {
  if (close === null || finish_reason || role !== undefined) return false;
  if (content ?? reasoning ?? reasoning_content) return false;
  if (content !== undefined || reasoning !== undefined || reasoning_content !== undefined) {
    return false;
  }
  const listed = (logprobs as { content?: readonly { token?: string }[] } | null)?.content ?? [];
  // Without log-probabilities nothing names it; an opening tag stands in the prompt already.
  return listed.length === 0 || listed.some(({ token }) => token === close);
}
