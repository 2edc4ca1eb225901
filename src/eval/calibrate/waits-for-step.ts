import type { GlimpsePoint, SeenToken } from "../../core/points/glimpse-point.js";
import { partHoldsFrom, readPart, startPart } from "../../core/points/point-part.js";

/** More than any point waits for that does not wait for all of a step. */
const WORDS = 64;

/** Does a point hold a step back until its end? By trial: it is shown a step of plain words. */
export function waitsForStep(point: GlimpsePoint): boolean {
  let part = startPart(point, undefined);
  for (let word = 0; word < WORDS; word++) {
    part = readPart(point, part, wordAt(word)).part;
    if (partHoldsFrom(point, part) === null) return false;
  }
  return true;
}

function wordAt(word: number): SeenToken {
  const probabilities = [0.5, 0.5];
  return {
    text: " word",
    at: word * " word".length,
    distribution: [
      { token: " word", probability: 0.5 },
      { token: " other", probability: 0.5 },
    ],
    probabilities,
    entropy: Math.LN2,
    logprob: -Math.LN2,
    sinceLarge: null,
  };
}
