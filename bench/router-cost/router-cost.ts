import type { Bench } from "../bench.js";
import { median } from "../statistics.js";
import type { ThoughtShape } from "../thought-script.js";
import {
  bareChatModelReading,
  chatModelInvoking,
  chatModelStreaming,
  plainReading,
  type Reading,
  routedReading,
} from "./reading-costs.js";

const EASY: ThoughtShape = { steps: 200, tokensPerStep: 30, hardEvery: 0, answerTokens: 1 };
const QUARTER_HARD: ThoughtShape = { ...EASY, hardEvery: 4 };
const TOKENS = EASY.steps * EASY.tokensPerStep;
const WARM_UPS = 5;
const ROUNDS = 15;

/** The router's own cost, without a model: microseconds for a streamed token and for a step. */
export const routerCost: Bench = {
  name: "router-cost",
  about: "the router's own cost per token and step, without a model",
  async run() {
    const readings: readonly (readonly [string, Reading])[] = [
      ["the writer's items, read by a plain `for await`", await plainReading(EASY)],
      ["router, all steps easy (one stream)", await routedReading(EASY, "fused")],
      ["router, every 4th step by large", await routedReading(QUARTER_HARD, "fused")],
      ["router, the same by probes", await routedReading(QUARTER_HARD, "probe")],
      ["a LangChain chat model that has its chunks ready, `stream`", bareChatModelReading(EASY)],
      ["GlimpRouterChatModel, all steps easy, `stream`", chatModelStreaming(EASY)],
      ["GlimpRouterChatModel, every 4th step by large, `stream`", chatModelStreaming(QUARTER_HARD)],
      ["GlimpRouterChatModel, all steps easy, `invoke`", chatModelInvoking(EASY)],
    ];
    const costs = await medianCosts(readings.map(([, reading]) => reading));
    const plain = costs[0] ?? Number.NaN;
    return {
      tables: [
        {
          title: `${EASY.steps} steps of ${EASY.tokensPerStep} tokens, 20 candidates each; CPU time, median of ${ROUNDS}`,
          columns: ["", "us a token", "us a step", "against the plain loop"],
          rows: readings.map(([name], index) => {
            const cost = costs[index] ?? Number.NaN;
            return [
              name,
              (cost / TOKENS).toFixed(2),
              (cost / EASY.steps).toFixed(1),
              `x ${(cost / plain).toFixed(2)}`,
            ];
          }),
        },
      ],
      targets: [],
    };
  },
};

/** CPU microseconds of each reading. They take turns, so that a machine that slows down slows them all. */
async function medianCosts(readings: readonly Reading[]): Promise<number[]> {
  const times = readings.map((): number[] => []);
  for (let round = -WARM_UPS; round < ROUNDS; round++) {
    for (const [index, read] of readings.entries()) {
      const start = process.cpuUsage();
      const steps = await read();
      const { user, system } = process.cpuUsage(start);
      if (round >= 0) times[index]?.push(user + system);
      if (Math.round(steps) !== EASY.steps)
        throw new Error(`Expected ${EASY.steps}, got ${steps}.`);
    }
  }
  return times.map(median);
}
