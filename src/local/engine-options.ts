import type { ControlledEvaluateInputItem, Token } from "node-llama-cpp";

/** What is wanted of the token that comes next. */
export type GenerateNext = NonNullable<
  Exclude<ControlledEvaluateInputItem, Token>[1]["generateNext"]
>;

/** The engine's default is to drop old tokens when the context is full, without a word. */
export const NEVER_SHIFT = {
  contextShift: {
    strategy: (): never => {
      throw new RangeError("The context is full: it is never shifted");
    },
  },
};

/**
 * The engine's values are taken after its own sampling: divided by the temperature, cut by top-k and top-p.
 * Asked for greedily they are the model's own, whatever the sampling of a call is.
 *
 * @param besides - tokens whose values are wanted wherever they stand
 */
export function distribution(breadth: number, besides: readonly number[]): GenerateNext {
  return {
    totalLogitWeight: true,
    logits: { filter: { tokens: besides as Token[], includeTop: breadth } },
    options: { temperature: 0 },
  };
}
