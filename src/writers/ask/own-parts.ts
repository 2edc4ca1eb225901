import { finishReasonOf } from "../completion/read-finish-reason.js";
import type { ReplyChunk } from "./prompted-reply.js";

/**
 * What belongs to the one reply that was asked for: of chunks of another choice, and of those behind its end,
 * the usage alone.
 */
export class OwnParts {
  readonly #isOpenAI: boolean;
  #isOver = false;

  /**
   * @param isOpenAI - the reply comes in OpenAI's format, which says why it ended once, and last. Others may say
   * it in every chunk
   */
  constructor(isOpenAI: boolean) {
    this.#isOpenAI = isOpenAI;
  }

  of(chunk: ReplyChunk): ReplyChunk {
    if (this.#isOver || isOfAnotherChoice(chunk)) return { usage_metadata: chunk.usage_metadata };
    this.#isOver = this.#isOpenAI && finishReasonOf(chunk) !== null;
    return chunk;
  }
}

/** LangChain's OpenAI models note a chunk's choice so. */
function isOfAnotherChoice({ response_metadata = {} }: ReplyChunk): boolean {
  const { completion = 0 } = response_metadata;
  return typeof completion === "number" && completion > 0;
}
