import type { TokenDistribution } from "../token-distribution.js";

/** The best rating; the worst is 0. */
const BEST = 9;

/** Ends in a bracket, so that every tokenizer has the digit as a token of its own. */
const RATING_LINE = `Rating of the last step, from 0 (wrong) to ${BEST} (right): [`;

/**
 * A thought with the line behind it at whose end a model writes its rating of the last step: one token, behind a
 * prefix that it has cached.
 *
 * Source: SpecReason (arXiv 2504.07891) has each step rated 0 to 9 so; the wording is ours.
 *
 * @param thought - up to the step's end, the step included
 */
export function ratingText(thought: string): string {
  return `${thought.trimEnd()}\n\n${RATING_LINE}`;
}

/**
 * Doubt, 0 to 1: 1 minus a ninth of the expectation over the digits 0 to 9. The expectation, and not the likeliest digit,
 * since most judges say 7, 8 or 9.
 *
 * @returns `null` where no digit is among the candidates: that was no rating
 */
export function doubtOfRating(distribution: TokenDistribution): number | null {
  let mass = 0;
  let sum = 0;
  for (const { token, probability } of distribution) {
    if (!isRating(token)) continue;
    mass += probability;
    sum += probability * Number(token);
  }
  return mass === 0 ? null : 1 - sum / mass / BEST;
}

/** One digit that is no part of a longer number. */
const DIGIT = /(?<![\d.,])\d(?!\d|[.,]\d)/;

/** The same of what a model has said, where nothing is told of its other candidates. */
export function doubtOfDigit(said: string): number | null {
  const [digit] = DIGIT.exec(said) ?? [];
  return digit === undefined ? null : doubtOfRating([{ token: digit, probability: 1 }]);
}

/** Is a token a rating by itself? */
export function isRating(token: string): boolean {
  return /^\d$/.test(token.trim());
}
