import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import type { ChatGenerationChunk } from "@langchain/core/outputs";
import { GlimpRouterError } from "../../errors.js";
import type { RoutingRecord } from "../../router/route-trace.js";
import { llmOutput } from "./finish-reply.js";
import type { Reply } from "./reply-events.js";
import type { ChunkWriter } from "./to-generation-chunk.js";

/**
 * A reply as LangChain's chunks. Core ends the run of a stream that is read to its end, or fails; one that
 * is left by its reader ends here, with what had been written.
 *
 * @param left - aborted when the reader leaves; `undefined` where the call is invoked, and core reads
 */
export async function* streamChunks(
  reply: Reply,
  chunks: ChunkWriter,
  runManager: CallbackManagerForLLMRun | undefined,
  left: AbortSignal | undefined,
): AsyncGenerator<ChatGenerationChunk, void, void> {
  let record: RoutingRecord | null = null;
  try {
    for (let isOver = false; !isOver; ) {
      const item = await reply.next();
      isOver = item.done === true;
      const chunk = toChunk(item, chunks, left === undefined);
      if (chunk === null) continue;
      yield chunk;
      // An await for each token, and for nothing, is a good part of what a token costs.
      if (runManager !== undefined) await tellToken(item, chunk, runManager);
    }
  } catch (error) {
    record = left?.aborted ? recordOf(error) : null;
    if (record === null) throw error;
    // Nobody reads it. Core is closing this generator, and gets there at its next yield.
    yield chunks.lastChunk(record);
  } finally {
    if (left?.aborted) {
      record ??= await recordAtLast(reply);
      if (record !== null) await endRun(runManager, chunks, record);
    }
    await reply.return(undefined as never);
  }
}

/**
 * @param isInvoked - the call returns what its chunks merge into: all of the reply, also what an earlier call has written. A
 * reader of the stream is given what is new
 */
function toChunk(
  item: Awaited<ReturnType<Reply["next"]>>,
  chunks: ChunkWriter,
  isInvoked: boolean,
): ChatGenerationChunk | null {
  if (item.done) return chunks.lastChunk(item.value);
  const { value } = item;
  const chunk = chunks.chunkOf(value);
  return isInvoked && value.type === "thought-resumed" ? chunks.chunkBefore(value) : chunk;
}

/** What an earlier call has written its listeners have heard. */
async function tellToken(
  { done, value }: Awaited<ReturnType<Reply["next"]>>,
  chunk: ChatGenerationChunk,
  runManager: CallbackManagerForLLMRun,
): Promise<void> {
  if (done !== true && value.type === "thought-resumed") return;
  await runManager.handleLLMNewToken(chunk.text, undefined, undefined, undefined, undefined, {
    chunk,
  });
}

/** Reads what is left of an aborted reply: at its end, or in its error, is the record. */
async function recordAtLast(reply: Reply): Promise<RoutingRecord | null> {
  try {
    for (let item = await reply.next(); ; item = await reply.next()) {
      if (item.done) return item.value ?? null;
    }
  } catch (error) {
    return recordOf(error);
  }
}

function recordOf(error: unknown): RoutingRecord | null {
  return GlimpRouterError.isInstance(error) ? (error.routing ?? null) : null;
}

async function endRun(
  runManager: CallbackManagerForLLMRun | undefined,
  chunks: ChunkWriter,
  record: RoutingRecord,
): Promise<void> {
  if (runManager === undefined) return;
  const whole = chunks.wholeChunk(chunks.text, record);
  whole.message._updateId(`run-${runManager.runId}`);
  await runManager.handleLLMEnd({ generations: [[whole]], llmOutput: llmOutput(record) });
}
