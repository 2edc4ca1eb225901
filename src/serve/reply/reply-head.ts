import type { CallPiece, ReplyEnd, ReplyUsage } from "./reply-piece.js";

/** What all chunks of a reply, and a whole one, begin with. */
export interface ReplyHead {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** As the client has asked for it. */
  readonly model: string;
}

export function replyHead(model: string): ReplyHead {
  return {
    id: `chatcmpl-${crypto.randomUUID()}`,
    created: Math.floor(Date.now() / 1000),
    model,
  };
}

/** In OpenAI's words. */
export function toUsage({ prompt, thought, answer }: ReplyUsage): object {
  const completion_tokens = thought + answer;
  return {
    prompt_tokens: prompt,
    completion_tokens,
    total_tokens: prompt + completion_tokens,
    completion_tokens_details: { reasoning_tokens: thought },
  };
}

/** The routing record, where there is one. */
export function toRouting({ routing }: ReplyEnd): object {
  return routing === null ? {} : { glimprouter: routing };
}

export function toCall({ id, name, args }: CallPiece): object {
  return {
    ...(id === undefined ? {} : { id, type: "function" }),
    function: { ...(name === undefined ? {} : { name }), arguments: args },
  };
}
