import { existsSync, readFileSync } from "node:fs";
import type { Problem } from "../vllm/problems.js";

/** Set by `npm run test:llamacpp`. */
const ASKED = process.env.LLAMACPP_PROBLEMS;
const COUNT = Number(ASKED ?? 40);
const FEW = Number(ASKED ?? 10);
const SEED = 20261125;

/** As many in `npm run test:llamacpp`, few in `npm test`: for what is the same comparison once more. */
export function someProblems(): readonly Problem[] {
  return problems().slice(0, FEW);
}

/** The pair's held-out problems (models/problems.json), or tapes of the same grammar where they are missing. */
export function problems(): readonly Problem[] {
  const file = new URL("../../../models/problems.json", import.meta.url);
  const all: readonly Problem[] = existsSync(file)
    ? JSON.parse(readFileSync(file, "utf8"))
    : drawTapes(COUNT);
  return all.slice(0, COUNT);
}

function drawTapes(count: number): readonly Problem[] {
  const random = seeded(SEED);
  return Array.from({ length: count }, () => drawTape(random));
}

/** A start, and three operations from left to right: one of them a remainder, the others without carry. */
function drawTape(random: (below: number) => number): Problem {
  const start = 10 + random(90);
  const remainderAt = random(2);
  let value = start;
  const operations = [0, 1, 2].map((place) => {
    if (place === remainderAt) {
      const divisor = 6 + random(4);
      value %= divisor;
      return `%${divisor}`;
    }
    const room = 9 - (value % 10);
    const added = room > 0 ? 1 + random(room) : 0;
    const change = added > 0 ? added : -(1 + random(9));
    value += change;
    return change > 0 ? `+${change}` : `${change}`;
  });
  return { prompt: [start, ...operations].join(", "), answer: value };
}

/** Whole numbers below a bound, the same in every run. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
