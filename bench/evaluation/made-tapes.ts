import type { Problem } from "../../src/eval/problems/problem.js";

/** So many tapes as the embedded pair calculates, no two alike; made by a fixed chance. */
export function madeTapes(count: number): readonly Problem[] {
  const draw = drawer();
  const made = new Map<string, Problem>();
  while (made.size < count) {
    let value = draw(10, 99);
    const parts = [String(value)];
    for (let at = draw(3, 5); at > 0; at--) {
      const step = stepFrom(value, draw);
      parts.push(step.text);
      value = step.value;
    }
    const prompt = parts.join(", ");
    if (!made.has(prompt)) made.set(prompt, { id: String(made.size + 1), prompt, answer: value });
  }
  return [...made.values()];
}

type Draw = (least: number, most: number) => number;

/** Values stay below 100, as the pair was trained. */
function stepFrom(value: number, draw: Draw): { readonly text: string; readonly value: number } {
  const by = draw(1, 9);
  if (value > 10 && draw(0, 2) === 0) {
    const divisor = draw(5, 9);
    return { text: `%${divisor}`, value: value % divisor };
  }
  if (value + by < 100 && draw(0, 1) === 0) return { text: `+${by}`, value: value + by };
  return value >= by
    ? { text: `-${by}`, value: value - by }
    : { text: `+${by}`, value: value + by };
}

function drawer(): Draw {
  let state = 1;
  return (least, most) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return least + Math.floor((state / 2 ** 32) * (most - least + 1));
  };
}
