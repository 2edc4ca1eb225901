import type { Verdict } from "./summary.js";

const NULLS = {
  chord: "a coin per question between small alone and large alone",
  random: "handing over by chance at the same kind of place",
};

/** The verdict as one plain sentence, with its interval in points of a hundred. */
export function verdictWords(verdict: Omit<Verdict, "words">): string {
  const { says, difference, lo, hi, margin } = verdict;
  const figures = `${points(difference)} points [${points(lo)}, ${points(hi)}]`;
  const against = `${NULLS[verdict.null]} at equal cost`;
  const d = `${plain(margin)} points`;
  switch (says) {
    case "gains":
      return `Gains: ${figures} more right answers than ${against}.`;
    case "gains, less than d":
      return `Gains, but less than ${d}: ${figures} more right answers than ${against}.`;
    case "no gain worth d":
      return `No gain worth ${d}: ${figures} against ${against}.`;
    case "undecided":
      return `Undecided: ${figures} against ${against}; about ${verdict.more} more problems would tell.`;
  }
}

function points(share: number): string {
  const shown = plain(share);
  return share > 0 && Number(shown) > 0 ? `+${shown}` : shown;
}

function plain(share: number): string {
  // Never "-0.0".
  return (Math.round(share * 1000) / 10 + 0).toFixed(1);
}
