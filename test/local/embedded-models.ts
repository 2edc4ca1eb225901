import { fileURLToPath } from "node:url";
import { HumanMessage } from "@langchain/core/messages";
import type { ThoughtPrompt } from "../../src/prompt/thought-prompt.js";
import {
  type Opening,
  STEP_WRITER,
  type StepWriter,
  type WriteOptions,
  type Written,
} from "../../src/router/step-writer.js";

/** The two models that ship with the package. */
export const SMALL_GGUF = fileURLToPath(new URL("../../models/glimp-small.gguf", import.meta.url));

const THINKING = { open: "<think>", close: "</think>" };

/** Where the router reads a glimpse in a fused stream. */
export const GLIMPSE_AT = { delimiter: "\n\n", openTag: "<think>" };

/** A tape with easy steps and two remainders, which only the large model knows. */
export const TAPE = "59, +10, %6, +90, %9";

export interface WriterOwner {
  readonly [STEP_WRITER]: StepWriter<ThoughtPrompt>;
}

export async function openTape(model: WriterOwner, tape = TAPE): Promise<Opening> {
  return model[STEP_WRITER].open({ messages: [new HumanMessage(tape)], thinking: THINKING });
}

export type WrittenText = Extract<Written, { type: "text" }>;
export type WrittenEnd = Extract<Written, { type: "end" }> & {
  readonly usage: { input_tokens: number; output_tokens: number; cached_tokens: number };
};

export interface WrittenWhole {
  readonly text: string;
  readonly items: readonly WrittenText[];
  readonly end: WrittenEnd;
}

/** Reads a write to its end. */
export async function readAll(written: AsyncIterable<Written>): Promise<WrittenWhole> {
  const items: WrittenText[] = [];
  let end: WrittenEnd | undefined;
  for await (const item of written) {
    if (end !== undefined) throw new Error("An item came behind the end");
    if (item.type === "text") items.push(item);
    else end = item as WrittenEnd;
  }
  if (end === undefined) throw new Error("The stream was cut");
  return { text: items.map(({ text }) => text).join(""), items, end };
}

/** Opens a tape and writes behind `thought`. */
export async function write(
  model: WriterOwner,
  thought: string,
  how: Partial<WriteOptions> = {},
  tape = TAPE,
): Promise<WrittenWhole> {
  const opening = await openTape(model, tape);
  const options = { maxTokens: 200, topLogprobs: 0, ...how };
  return readAll(model[STEP_WRITER].write(opening, thought, options));
}
