import { entropyAbove } from "../src/core/route-policy.js";
import type { RouteConfig } from "../src/router/route-config.js";
import { routeThought } from "../src/router/route-thought.js";
import type { BenchTable } from "./bench-table.js";
import { instantWriter } from "./instant-writer.js";

const TOKENS_PER_STEP = 30;
const STEPS = 200;
const REPEATS = 15;

const CONFIG: RouteConfig = {
  policy: entropyAbove(1),
  glimpse: "fused",
  delimiter: "\n\n",
  thinking: { open: "<think>", close: "</think>" },
  answerBy: "large",
  topLogprobs: 20,
  maxStepTokens: 512,
  maxThoughtTokens: 100_000,
  maxAnswerTokens: 100,
  maxSteps: 1000,
  answerStop: [],
};

/** The router's own cost, without a model: microseconds for a streamed token, a step, a hand-off. */
export async function benchRouterCost(): Promise<BenchTable> {
  const easy = await medianMicroseconds(() => false);
  const plain = await medianPlainRead();
  const quarter = await medianMicroseconds((step) => step % 4 === 3);
  const tokens = STEPS * TOKENS_PER_STEP;
  return {
    title: `Router alone: ${STEPS} steps of ${TOKENS_PER_STEP} tokens, 20 candidates each, no model (median of ${REPEATS})`,
    columns: ["", "us a token", "us a step"],
    rows: [
      [
        "reading the writer's items, no router",
        (plain / tokens).toFixed(2),
        (plain / STEPS).toFixed(1),
      ],
      ["all steps easy: one stream", (easy / tokens).toFixed(2), (easy / STEPS).toFixed(1)],
      ["every 4th step handed over", (quarter / tokens).toFixed(2), (quarter / STEPS).toFixed(1)],
    ],
  };
}

async function medianMicroseconds(isHard: (step: number) => boolean): Promise<number> {
  const writer = instantWriter({ steps: STEPS, tokensPerStep: TOKENS_PER_STEP, isHard });
  const opening = await writer.open(null);
  const input = {
    config: CONFIG,
    writers: { small: writer, large: writer },
    openings: { small: opening, large: opening },
    now: () => performance.now(),
  };
  return median(async () => {
    let steps = 0;
    for await (const event of routeThought(input)) if (event.type === "step-end") steps++;
    if (steps !== STEPS) throw new Error(`Expected ${STEPS} steps, got ${steps}.`);
  });
}

async function medianPlainRead(): Promise<number> {
  const writer = instantWriter({
    steps: STEPS,
    tokensPerStep: TOKENS_PER_STEP,
    isHard: () => false,
  });
  const opening = await writer.open(null);
  return median(async () => {
    let read = 0;
    for await (const item of writer.write(opening, "", { maxTokens: 1e6, topLogprobs: 20 })) {
      if (item.type === "text") read++;
    }
    if (read !== STEPS * TOKENS_PER_STEP) throw new Error(`Expected all tokens, got ${read}.`);
  });
}

/** Median of the repeats in microseconds, after as many for warming up. */
async function median(work: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let repeat = 0; repeat < 2 * REPEATS; repeat++) {
    const start = performance.now();
    await work();
    if (repeat >= REPEATS) times.push((performance.now() - start) * 1000);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}
