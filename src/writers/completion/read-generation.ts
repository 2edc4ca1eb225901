import { splitHalfCharacter } from "../../core/half-character.js";
import type { TokenUsage, Written } from "../../router/step-writer.js";
import type { OpenAIAccess } from "../connection/openai-client.js";
import { BrokenStream } from "../connection/read-events.js";
import { abortError } from "../connection/retries.js";
import { incompleteReply, serverError, streamError } from "../connection/server-error.js";
import { firstChoice } from "./first-choice.js";
import { meaningOf } from "./read-finish-reason.js";
import { readLogprobs } from "./read-logprobs.js";
import { readUsage, silence } from "./read-usage.js";

/** One choice of a streamed chunk, of a text completion or of a chat completion. */
export interface GenerationChoice {
  readonly index?: number;
  readonly text?: string | null;
  readonly delta?: Readonly<Record<string, unknown>> | null;
  readonly logprobs?: unknown;
  readonly finish_reason?: string | null;
  /** vLLM: the stop string or stop token that ended the reply, null for EOS. */
  readonly stop_reason?: string | number | null;
}

interface GenerationChunk {
  readonly choices?: readonly GenerationChoice[];
  readonly usage?: unknown;
  readonly timings?: unknown;
  readonly metrics?: unknown;
}

/** What differs between the servers' streams. Created anew for each stream: it may keep state. */
export interface ChunkReader {
  /** The text that a chunk adds to the thought. */
  textOf(choice: GenerationChoice, chunk: unknown): string;
  /** The stop string that ended the reply, `null` for none: the model ended by itself. */
  matchedStop(choice: GenerationChoice, chunk: unknown): string | null;
  /** Text that was generated and never sent, of a reply that its limit ended. */
  lostAtLimit?(signal?: AbortSignal): Promise<string>;
}

/** A generation that the server has begun to stream. */
export interface OpenGeneration {
  readonly stream: AsyncIterable<unknown>;
  readonly reader: ChunkReader;
}

/**
 * Opens a generation stream and reads it as the port wants it. The end is told last, with the final usage,
 * when the stream is over. A stream that just stops yields no end: the router calls it cut.
 *
 * @param open - sends the request; here, because each generator around another costs time for every token
 * @param from.k - how many candidates were asked for
 * @throws GlimpRouterError `server` where the request fails, on an error inside the stream, or an end that
 * is none
 */
export async function* readGeneration(
  open: () => Promise<OpenGeneration>,
  from: {
    readonly access: OpenAIAccess;
    readonly k: number;
    readonly signal?: AbortSignal | undefined;
  },
): AsyncGenerator<Written, void, void> {
  const { access, k, signal } = from;
  signal?.throwIfAborted();
  const heard: Heard = { end: null, usage: {}, spelled: null };
  let reader: ChunkReader | null = null;
  try {
    const opened = await open();
    reader = opened.reader;
    for await (const chunk of opened.stream) {
      const written = readChunk(chunk as GenerationChunk, heard, { access, reader, k });
      yield written ?? silence(heard.usage);
    }
  } catch (error) {
    if (signal?.aborted) throw abortError(signal);
    // A reply that was whole already: what broke is the goodbye.
    if (heard.end === null && !(error instanceof BrokenStream)) {
      throw reader !== null
        ? streamError(error, access, "writing")
        : serverError(error, access, "writing");
    }
  }
  // The SDK's own streams end at an abort as if they were over.
  if (signal?.aborted) throw abortError(signal);
  const lost = heard.end === "length" ? await lostAtLimit(reader, signal) : "";
  if (lost !== "") yield { type: "text", text: lost, tokens: [], ...heard.usage };
  if (heard.end !== null)
    yield { type: "end", reason: heard.end, ...heard.usage, ...textlessOf(heard) };
}

async function lostAtLimit(reader: ChunkReader | null, signal?: AbortSignal): Promise<string> {
  return (await reader?.lostAtLimit?.(signal)) ?? "";
}

/** What a stream has said so far about its end and its cost. */
interface Heard {
  end: "stop" | "eos" | "length" | null;
  usage: { readonly usage?: TokenUsage };
  /** Tokens up to the last whole character, where the server tells running totals. */
  spelled: number | null;
}

/** Tokens of a character that the limit cut in two: those behind the last text. */
function textlessOf({ end, usage: { usage }, spelled }: Heard): { readonly textless?: number } {
  if (end !== "length" || usage === undefined || spelled === null) return {};
  const textless = usage.output_tokens - spelled;
  return textless > 0 ? { textless } : {};
}

function readChunk(
  chunk: GenerationChunk,
  heard: Heard,
  from: { readonly access: OpenAIAccess; readonly reader: ChunkReader; readonly k: number },
): Written | null {
  if (chunk.usage || chunk.timings) heard.usage = readUsage(chunk.usage, chunk);
  const choice = firstChoice(chunk.choices);
  // What a server sends behind the end is no part of the text; its usage is counted.
  if (choice === undefined || heard.end !== null) return null;
  const text = from.reader.textOf(choice, chunk);
  if (splitHalfCharacter(text)[0] !== "") {
    heard.spelled = chunk.usage ? (heard.usage.usage?.output_tokens ?? null) : null;
  }
  const tokens = readLogprobs(choice.logprobs, from.k, chunk);
  if (choice.finish_reason) heard.end = endReason(choice, chunk, from);
  return text === "" && tokens.length === 0 ? null : { type: "text", text, tokens, ...heard.usage };
}

/** `abort`, `error`, `content_filter` and what nobody knows are no ends. */
function endReason(
  choice: GenerationChoice,
  chunk: unknown,
  { access, reader }: { readonly access: OpenAIAccess; readonly reader: ChunkReader },
): "stop" | "eos" | "length" {
  const meaning = meaningOf(choice.finish_reason);
  if (meaning === "length") return "length";
  if (meaning === "own-end") return "eos";
  if (meaning === "end" || meaning === "stop-string") {
    return reader.matchedStop(choice, chunk) === null ? "eos" : "stop";
  }
  throw incompleteReply(access, "text", choice.finish_reason);
}

/** vLLM tells a stop string (a text) from EOS (null) and from a stop token of the user's (a number). */
export function vllmMatchedStop({ stop_reason }: GenerationChoice): string | null {
  return typeof stop_reason === "string" ? stop_reason : null;
}
