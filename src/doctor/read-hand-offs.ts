import type { Opening, StepWriter } from "../router/step-writer.js";
import { readText } from "./read-text.js";

/** What a server did with a thought that it had read and gone on with before. */
export interface HandOff {
  /** Tokens of it that the server had seen. */
  readonly known: number;
  /** Those that came from its cache. */
  readonly cached: number;
}

/** Characters of the first thought: 160 to 480 tokens. Each one after it is longer. */
const FIRST_CHARACTERS = 480;

/** Tokens: the blocks of known models are no longer. */
const LONGEST_BLOCK = 2100;

/** Tokens that are surely there where nobody tells the context's size. */
const SURE_ROOM = 1000;

/** What a model adds to a thought: by this one, in tokens, and by the other one, in characters. */
const WRITTEN_TOKENS = 4;
const WRITTEN_CHARACTERS = 40;

/** Milliseconds that reading a thought may take: beyond it, what was seen must do. */
const PATIENCE_MS = 3000;

/**
 * Goes on with a thought that grows, as hand-offs make it grow: some text by this model, then more by the
 * other one. Ends where the cache gives something.
 *
 * @param from.worth - tokens; a shorter thought tells nothing about blocks
 * @returns `null` where the server does not tell what it took from its cache
 */
export async function readHandOffs(
  from: {
    readonly writer: StepWriter<never>;
    readonly opening: Opening;
    readonly contextSize: number | null;
    readonly worth: number;
  },
  signal: AbortSignal,
): Promise<readonly HandOff[] | null> {
  const { writer, opening, contextSize, worth } = from;
  const room = (contextSize ?? SURE_ROOM) * 0.75;
  const seen: HandOff[] = [];
  const thought = new GrowingThought(Math.min(FIRST_CHARACTERS, room));
  let known = 0;
  for (let isLast = false; ; ) {
    const start = performance.now();
    const how = { maxTokens: WRITTEN_TOKENS, topLogprobs: 0 };
    const { usage, text } = await readText(writer.write(opening, thought.text, how, signal));
    if (usage?.cached_tokens === undefined) return null;
    if (known >= worth) seen.push({ known, cached: Math.min(usage.cached_tokens, known) });
    if (isLast || (seen.at(-1)?.cached ?? 0) > 0) return seen;
    // The last token that was written is not read before it is sent back.
    known = usage.input_tokens + usage.output_tokens - 1;
    const isSlow = performance.now() - start > PATIENCE_MS;
    // Twice as long, as far as there is room. What is no number ends it, too.
    const left = room - known;
    isLast = isSlow || known > LONGEST_BLOCK || !(left >= worth);
    thought.add(text);
    const growth = Math.min(known, left) / known;
    thought.grow(isLast ? WRITTEN_CHARACTERS : thought.text.length * growth);
  }
}

/** Numbers from a place of chance: nothing of them is in a cache, from an earlier doctor's visit say. */
class GrowingThought {
  text = "";
  #next = 100_000 + Math.floor(Math.random() * 800_000);

  constructor(characters: number) {
    this.grow(characters);
  }

  grow(characters: number): void {
    for (const end = this.text.length + characters; this.text.length < end; this.#next++) {
      this.text += ` ${this.#next},`;
    }
  }

  /** What the model wrote; a closing tag would end the thought. */
  add(text: string): void {
    if (!text.includes("<")) this.text += text;
  }
}
