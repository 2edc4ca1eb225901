import {
  BaseChatModel,
  type BaseChatModelParams,
} from "@langchain/core/language_models/chat_models";
import type { ChatResult } from "@langchain/core/outputs";
import type { Problem } from "../../../src/eval/problems/problem.js";
import { STEP_WRITER } from "../../../src/index.js";
import type { ThoughtPrompt } from "../../../src/prompt/thought-prompt.js";
import type {
  Opening,
  StepWriter,
  WriteOptions,
  Written,
} from "../../../src/router/step-writer.js";
import { listed } from "../../router/tokens.js";

const STEPS = 4;

/** What the small model of a toy pair is like; large makes no mistakes. */
export interface ToyPair {
  /** Small goes wrong in this step. */
  isBad(problem: string, step: number): boolean;
  /** Entropy of the step's first token under small, in nats. */
  entropy(problem: string, step: number): number;
}

/** A number in [0, 1) that is the same again for the same texts. */
export function unit(...of: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const sign of of.join("\n")) hash = Math.imul(hash ^ sign.charCodeAt(0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

export function toyProblems(count: number, of = ""): Problem[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `${of}${index}`,
    prompt: `${of}${index}`,
  }));
}

/** Right where no step went wrong. */
export const toyChecker = ({ text }: { readonly text: string }) => text === "right";

/** Each reply is four steps of three tokens and an answer of one, written at once. */
class ToyModel extends BaseChatModel {
  readonly model: string;
  readonly temperature = 0;
  readonly [STEP_WRITER]: StepWriter<ThoughtPrompt>;
  /** Requests. */
  asked = 0;
  /** So many requests more, and the server is gone. */
  left = Number.POSITIVE_INFINITY;
  readonly #toy: ToyPair | null;

  constructor(model: string, toy: ToyPair | null) {
    super({} as BaseChatModelParams);
    this.model = model;
    this.#toy = toy;
    this[STEP_WRITER] = {
      kind: "toy",
      open: async ({ messages }): Promise<Opening> => ({
        kind: "toy",
        data: messages.at(-1)?.text ?? "",
        opensThought: true,
        promptTokens: 1,
        contextSize: null,
      }),
      write: ({ data }, thought, how) => this.#write(String(data), thought, how),
    };
  }

  override _llmType(): string {
    return "toy";
  }

  override _generate(): Promise<ChatResult> {
    throw new Error("Nobody may invoke it.");
  }

  async *#write(problem: string, thought: string, how: WriteOptions): AsyncGenerator<Written> {
    this.asked++;
    if (this.left-- <= 0) throw new Error("The server is gone.");
    let text = "";
    let written = 0;
    for (const [token, entropy] of this.#tokens(problem, thought)) {
      text += token;
      written++;
      const stop = how.stop?.find((each) => text.includes(each));
      yield { type: "text", text: token, tokens: [listed(token, entropy)] };
      if (stop !== undefined) return yield { type: "end", reason: "stop" };
      if (written >= how.maxTokens) return yield { type: "end", reason: "length" };
    }
    yield { type: "end", reason: "eos" };
  }

  *#tokens(problem: string, thought: string): Generator<ToyToken> {
    const isBad = thought.includes("bad");
    if (thought.includes("</think>")) return yield [isBad ? "wrong" : "right", 0.1];
    const parts = thought.split("\n\n");
    const isInside = parts.at(-1) !== "";
    if (isInside) yield [" on.", 0.3];
    const first = parts.length + (isInside ? 1 : 0);
    const steps = Array.from({ length: STEPS + 1 - first }, (_, index) => first + index);
    for (const step of steps) {
      // A boundary that is there is not written again.
      if (step > first || isInside) yield ["\n\n", 0.1];
      yield* this.#step(problem, step);
    }
    yield ["\n</think>", 0.1];
    yield ["\n\n", 0.1];
    const goesWrong = isBad || steps.some((step) => this.#isBad(problem, step));
    yield [goesWrong ? "wrong" : "right", 0.1];
  }

  *#step(problem: string, step: number): Generator<ToyToken> {
    yield [`s${step}`, this.#toy?.entropy(problem, step) ?? 0.1];
    yield [this.#isBad(problem, step) ? " bad" : " good", 0.2];
    yield [".", 0.05];
  }

  #isBad(problem: string, step: number): boolean {
    return this.#toy?.isBad(problem, step) ?? false;
  }
}

type ToyToken = readonly [token: string, entropy: number];

export function toyPair(toy: ToyPair) {
  return { small: new ToyModel("toy-small", toy), large: new ToyModel("toy-large", null) };
}

/** Small is unsure exactly where it goes wrong: at a step of one problem in two. */
export const PERFECT: ToyPair = {
  isBad: (problem, step) =>
    unit("bad", problem) < 0.7 && step === 1 + Math.floor(4 * unit("where", problem)),
  entropy: (problem, step) =>
    (PERFECT.isBad(problem, step) ? 1.2 : 0.2) + 0.3 * unit("entropy", problem, step),
};

/** The first step alone is hard, and small does not know it. */
export const STEP_ONLY: ToyPair = {
  isBad: (problem, step) => step === 1 && unit("bad", problem) < 0.7,
  entropy: (problem, step) => 0.2 + 1.4 * unit("entropy", problem, step),
};

/** Small goes wrong anywhere, and its doubt says nothing of it. */
export const INDEPENDENT: ToyPair = {
  isBad: (problem, step) => unit("bad", problem, step) < 0.12,
  entropy: STEP_ONLY.entropy,
};
