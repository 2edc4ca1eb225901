import type { Opening, StepWriter, WriteOptions, Written } from "../src/router/step-writer.js";

/** A thought of equal steps, with the steps that are hard. */
export interface InstantThought {
  readonly steps: number;
  readonly tokensPerStep: number;
  readonly isHard: (step: number) => boolean;
}

const CANDIDATES = Array.from({ length: 20 }, (_, index) => `c${index}`);
const FLAT = CANDIDATES.map((token) => ({ token, logprob: -Math.log(20) }));
const SURE = CANDIDATES.map((token, index) => ({
  token,
  logprob: index === 0 ? -1e-6 : -14 - index,
}));

/**
 * A writer without a model: answers at once from a list of tokens, so that what is measured is the router.
 * Hard steps begin with a flat distribution, all other tokens with a sure one.
 */
export function instantWriter(thought: InstantThought): StepWriter {
  const { tokens, starts } = tokensOf(thought);
  return {
    kind: "instant",
    async open(): Promise<Opening> {
      return {
        kind: "instant",
        data: null,
        opensThought: true,
        promptTokens: 10,
        contextSize: null,
      };
    },
    async *write(_from, text, how): AsyncGenerator<Written> {
      if (text.includes("</think>")) {
        yield { type: "text", text: "done", tokens: [] };
        yield { type: "end", reason: "eos" };
        return;
      }
      yield* tokensFrom(tokens, starts.get(text.length) ?? 0, how);
    },
  };
}

function* tokensFrom(
  tokens: readonly { text: string; hard: boolean }[],
  from: number,
  how: WriteOptions,
): Generator<Written> {
  for (const { text, hard } of tokens.slice(from, from + how.maxTokens)) {
    const top = hard ? FLAT : SURE;
    yield { type: "text", text, tokens: [{ token: text, logprob: -0.1, top }] };
    if (how.stop !== undefined && text === "\n\n") {
      yield { type: "end", reason: "stop" };
      return;
    }
  }
  yield { type: "end", reason: "length" };
}

function tokensOf({ steps, tokensPerStep, isHard }: InstantThought) {
  const tokens: { text: string; hard: boolean }[] = [];
  const starts = new Map<number, number>();
  let length = 0;
  for (let step = 0; step < steps; step++) {
    for (let index = 0; index < tokensPerStep; index++) {
      starts.set(length, tokens.length);
      const last = index === tokensPerStep - 1;
      const text = last
        ? step === steps - 1
          ? "</think>"
          : "\n\n"
        : index === 0
          ? `S${step}`
          : " wo";
      tokens.push({ text, hard: index === 0 && isHard(step) });
      length += text.length;
    }
  }
  return { tokens, starts };
}
