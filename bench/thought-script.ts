/** A thought of equal steps; plain JSON, so that another process can write the same one. */
export interface ThoughtShape {
  readonly steps: number;
  readonly tokensPerStep: number;
  /** Every so-many-th step is hard; 0: none. */
  readonly hardEvery: number;
  readonly answerTokens: number;
  /** Every step has sums, " =" and the digits behind it as tokens of their own. */
  readonly sums?: boolean;
}

export interface ScriptedToken {
  readonly text: string;
  /** First token of a hard step: its distribution is flat. */
  readonly hard: boolean;
}

/** What both models write of a thought, wherever they begin: so both ways of glimpsing give the same text. */
export interface ThoughtScript {
  readonly thought: readonly ScriptedToken[];
  readonly answer: readonly ScriptedToken[];
  /** Index of the token that follows so many characters of the thought. */
  indexAt(length: number): number;
}

export const CLOSE_TAG = "</think>";

/** Twenty candidates for any position: all the same, or one that is sure. */
export function candidateLogprobs(hard: boolean): readonly number[] {
  return Array.from({ length: 20 }, (_, index) => {
    if (hard) return -Math.log(20);
    return index === 0 ? -1e-6 : -14 - index;
  });
}

export function thoughtScript(shape: ThoughtShape): ThoughtScript {
  const thought = Array.from({ length: shape.steps }, (_, step) => stepTokens(shape, step)).flat();
  const indexes = new Map<number, number>();
  let length = 0;
  for (const [index, { text }] of thought.entries()) {
    indexes.set(length, index);
    length += text.length;
  }
  return {
    thought,
    answer: Array.from({ length: shape.answerTokens }, () => ({ text: " so", hard: false })),
    indexAt(at) {
      const index = indexes.get(at);
      if (index === undefined) throw new Error(`No token of the thought begins at ${at}.`);
      return index;
    },
  };
}

const SUM = [" word", " word", " word", " word", " =", " 4", "2", ","];

function stepTokens(
  { steps, tokensPerStep, hardEvery, sums = false }: ThoughtShape,
  step: number,
): ScriptedToken[] {
  // Neither the first nor the last: a hand-off has an easy run before it and one behind it, as a rule.
  const hard = hardEvery > 0 && step % hardEvery === hardEvery >> 1;
  const words = Array.from({ length: tokensPerStep - 2 }, (_, index) => ({
    text: (sums ? SUM[index % SUM.length] : undefined) ?? " word",
    hard: false,
  }));
  const end = step === steps - 1 ? CLOSE_TAG : "\n\n";
  // Numbered: no step repeats another.
  return [{ text: `Step${step}`, hard }, ...words, { text: end, hard: false }];
}
