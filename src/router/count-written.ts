import { alignTokens } from "../core/align-tokens.js";
import { MOST_OF_HALF } from "../core/half-character.js";
import type { OpenStream } from "./open-stream.js";
import type { Speculation } from "./speculation.js";
import type { RoleUsage } from "./spent.js";
import type { Answered, TokenUsage, Written } from "./step-writer.js";

type WrittenText = Extract<Written, { type: "text" }>;

/** What a server reported for one request; `null` where it said nothing, or nothing that can be. */
export interface ReportedUsage {
  readonly input_tokens: number | null;
  /** Those of `input_tokens` that came from a prefix cache. */
  readonly cached_tokens: number | null;
  readonly output_tokens: number | null;
  /** Those of `output_tokens` that the text is made of. */
  readonly text_tokens: number | null;
  readonly speculation: Speculation | null;
}

/**
 * Events without text or token that a server may send beside those of its tokens: a role, usage, signs of
 * life. So many that no sound stream comes near it, and so few that a flood of them is over at once.
 */
const OTHER_EVENTS = 1000;

/** More tokens than any model's context holds. */
const MOST_TOKENS = 1e8;

/**
 * Counts what a request brings: its log-prob entries, else one token for an event with text. A server may
 * ignore `max_tokens`, and what is asked for is a limit of ours: more than that is not read.
 *
 * @returns what of the event is within the limit, and whether the request is to end here, as by `length`
 */
export function countWritten<Part>(
  stream: OpenStream,
  written: Exclude<Answered<Part>, { type: "end" }>,
): { readonly within: typeof written | null; readonly isOver: boolean } {
  stream.events += 1;
  const tokens = tokensOf(written);
  const room = stream.maxTokens - stream.received;
  if (tokens <= room && stream.events <= stream.maxTokens + OTHER_EVENTS) {
    stream.received += tokens;
    return { within: written, isOver: false };
  }
  // Whatever was in events that brought nothing: the server has had its tokens. Behind a whole step they are
  // none of the step's.
  if (!stream.complete) stream.received = stream.maxTokens;
  stream.usage = null;
  const within = written.type === "text" && tokens > room ? firstTokens(written, room) : null;
  return { within, isOver: true };
}

function tokensOf(written: Exclude<Answered<unknown>, { type: "end" }>): number {
  if (written.type === "part") return 1;
  return written.tokens.length || (written.text === "" ? 0 : 1);
}

/** What the first `count` tokens of an event wrote; `null` for nothing. */
function firstTokens({ text, tokens }: WrittenText, count: number): WrittenText | null {
  const kept = tokens.slice(0, count);
  const { pieces } = alignTokens(null, text, kept);
  const last = pieces.map((piece) => piece.tokens > 0).lastIndexOf(true);
  const known = pieces.slice(0, last + 1).map((piece) => piece.text);
  return kept.length === 0 ? null : { type: "text", text: known.join(""), tokens: kept };
}

/**
 * What can be believed of a server's report: whole numbers, no more of them than were asked for. The rest is
 * left to our own count.
 */
export function believed(
  { input_tokens, cached_tokens, output_tokens, reasoning_tokens = 0, speculation }: TokenUsage,
  {
    maxTokens = MOST_TOKENS,
    contextSize = null,
  }: { readonly maxTokens?: number; readonly contextSize?: number | null } = {},
): ReportedUsage {
  const input = isCount(input_tokens, contextSize ?? MOST_TOKENS) ? input_tokens : null;
  const isSound =
    isCount(output_tokens, MOST_TOKENS) &&
    isCount(reasoning_tokens, output_tokens) &&
    output_tokens - reasoning_tokens <= maxTokens;
  return {
    input_tokens: input,
    cached_tokens: input !== null && isCount(cached_tokens, input) ? (cached_tokens ?? null) : null,
    output_tokens: isSound ? output_tokens : null,
    text_tokens: isSound ? output_tokens - reasoning_tokens : null,
    speculation: speculation === undefined ? null : believedSpeculation(speculation),
  };
}

function believedSpeculation({ drafted, accepted }: Speculation): Speculation | null {
  return isCount(drafted, MOST_TOKENS) && isCount(accepted, drafted) ? { drafted, accepted } : null;
}

/** Tokens of half a character that a writer names: more than it can have are something else, or nonsense. */
export function believedHalf(textless: unknown): number {
  return isCount(textless, MOST_OF_HALF) ? (textless as number) : 0;
}

function isCount(value: unknown, most: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most;
}

/**
 * Tokens of the text that a request has written: as its server reports them, else as they came. Those of half
 * a character are none of it.
 */
export function textTokens(stream: OpenStream): number {
  return Math.max(0, (believedText(stream) ?? stream.received) - stream.textlessAtEnd);
}

/** Tokens that a request has written so far, counted as those are that the thought keeps of it. */
export function writtenTokens(stream: OpenStream): number {
  const { received, listed } = stream;
  const told = believedText(stream) ?? received;
  if (!runsOn(stream)) return told;
  // Text without listed tokens is kept as one for each event, whatever the server says of it.
  return listed ? Math.max(received, told) : received;
}

/** Tokens that a request has generated and read; `estimated` where our own count had to do. */
export function spentTokens(stream: OpenStream, discarded: number): RoleUsage {
  const { usage, received, inputTokens } = stream;
  const output = believedText(stream) === null ? null : (usage?.output_tokens ?? null);
  const input = usage?.input_tokens ?? null;
  return {
    input_tokens: input ?? inputTokens,
    cached_tokens: usage?.cached_tokens ?? null,
    output_tokens: output ?? received,
    discarded_tokens: Math.max(0, discarded),
    estimated: input === null || output === null,
  };
}

/** No token at all for a text that came is no count. */
function believedText({ usage, received }: OpenStream): number | null {
  const tokens = usage?.text_tokens ?? null;
  return tokens === 0 && received > 0 ? null : tokens;
}

/** Does the request go on over boundaries? */
export function runsOn(stream: OpenStream | null): boolean {
  return stream?.purpose === "fused" || stream?.purpose === "rest";
}
