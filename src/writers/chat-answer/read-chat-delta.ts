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
  const closeBehind = (reasoning: string, content: string) => {
    const torn = pending === null ? null : beforeTornTag(reasoning, content, pending);
    return torn === null ? reasoning + closing() + content : torn + closing();
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
      const isClosed = parsed && (content !== "" || isListed(choice, pending));
      return isClosed ? closeBehind(reasoning, content) : reasoning + content;
    },
    matchedStop: vllmMatchedStop,
  };
}

/**
 * With stop strings vLLM's text lags behind its tokens. Where the closing tag's token comes together with others, the
 * `deepseek_r1` parser and its kin (0.32) look for its text and do not ask whether it is there. Of a tag that the lag has cut
 * short all but one character goes to the thought, and what lies so many characters from the beginning to the answer:
 * -1, the answer of Python's `find`, taken for a place.
 *
 * @returns the thought before the tag, `null` where no tag is torn
 */
function beforeTornTag(reasoning: string, content: string, close: string): string | null {
  for (let length = close.length - 1; length > 0; length--) {
    const torn = close.slice(0, length);
    const text = reasoning + torn.slice(-1);
    if (text.endsWith(torn) && text.slice(close.length - 1) === content) {
      return text.slice(0, -length);
    }
  }
  return null;
}

/** A token without any text field: the parser has taken it away. */
function isSwallowedTag(
  choice: GenerationChoice,
  { role, content, reasoning, reasoning_content }: ChatDelta,
  close: string | null,
): boolean {
  if (close === null || role !== undefined) return false;
  if (content !== undefined || reasoning !== undefined || reasoning_content !== undefined) {
    return false;
  }
  // Without log-probabilities nothing names it; an opening tag stands in the prompt already.
  const isNameless = listedTokens(choice).length === 0 && !choice.finish_reason;
  return isNameless || isListed(choice, close);
}

function isListed(choice: GenerationChoice, close: string | null): boolean {
  return close !== null && listedTokens(choice).some(({ token }) => token === close);
}

function listedTokens({ logprobs }: GenerationChoice): readonly { readonly token?: string }[] {
  return (logprobs as { content?: readonly { token?: string }[] } | null)?.content ?? [];
}
