import type { Bench } from "../bench.js";
import type { Target } from "../bench-table.js";
import { median, withRange } from "../statistics.js";
import type { ThoughtShape } from "../thought-script.js";
import {
  bareChatModelReading,
  chatModelInvoking,
  chatModelStreaming,
  type Reading,
} from "./reading-costs.js";

const TOKENS_PER_STEP = 30;
const LENGTHS = [10_000, 100_000, 300_000] as const;
const [SHORTEST, , LONGEST] = LENGTHS;
/** A short thought is read more often: the clock is coarse, and the collector comes when it likes. */
const TOKENS_PER_SAMPLE = 30_000;
const ROUNDS = 5;
/** Of the longest to the shortest. */
const FLAT = 1.2;

const WAYS: readonly (readonly [string, (length: number) => Reading])[] = [
  ["a LangChain chat model that has its chunks ready, `stream`", inSteps(bareChatModelReading)],
  ["GlimpRouterChatModel, `stream`", inSteps(chatModelStreaming)],
  ["GlimpRouterChatModel, `stream`, all in one step", inOneStep(chatModelStreaming)],
  ["GlimpRouterChatModel, `invoke`", inSteps(chatModelInvoking)],
];
const CORE = WAYS[0]?.[0];

function inSteps(make: (shape: ThoughtShape) => Reading): (length: number) => Reading {
  return (length) =>
    make({
      steps: Math.round(length / TOKENS_PER_STEP),
      tokensPerStep: TOKENS_PER_STEP,
      hardEvery: 0,
      answerTokens: 1,
    });
}

function inOneStep(make: (shape: ThoughtShape) => Reading): (length: number) => Reading {
  return (length) => make({ steps: 1, tokensPerStep: length, hardEvery: 0, answerTokens: 1 });
}

/** Does a token cost more in a longer thought? */
export const longThought: Bench = {
  name: "long-thought",
  about: "CPU per token of thoughts of 10,000 to 300,000 tokens, without a model",
  async run() {
    const costs = await measureCosts();
    const growth = (way: string) =>
      (costs.get(way)?.get(LONGEST) ?? []).map(
        (cost, round) => cost / (costs.get(way)?.get(SHORTEST)?.[round] ?? Number.NaN),
      );
    const targets = WAYS.filter(([name]) => name !== CORE).map(([name]): Target => {
      const ratio = median(growth(name));
      return {
        what: `${name}: a token at ${LONGEST} / at ${SHORTEST} tokens`,
        target: `<= ${FLAT}`,
        measured: ratio.toFixed(2),
        met: ratio <= FLAT,
      };
    });
    return {
      tables: [
        {
          title: `CPU us a token by the length of the thought, steps of ${TOKENS_PER_STEP} tokens unless told otherwise; median of ${ROUNDS}`,
          columns: ["", ...LENGTHS.map(String), "longest / shortest"],
          rows: WAYS.map(([name]) => [
            name,
            ...LENGTHS.map((length) => median(costs.get(name)?.get(length) ?? []).toFixed(2)),
            withRange(growth(name)),
          ]),
        },
      ],
      targets,
    };
  },
};

/** CPU microseconds a token, by way, length and round. Ways and lengths take turns. */
async function measureCosts(): Promise<ReadonlyMap<string, ReadonlyMap<number, number[]>>> {
  const costs = new Map(
    WAYS.map(([name]) => [
      name,
      new Map(LENGTHS.map((length) => [length as number, [] as number[]])),
    ]),
  );
  const readings = WAYS.flatMap(([name, make]) =>
    LENGTHS.map((length) => ({ name, length, read: make(length) })),
  );
  for (const { length, read } of readings) if (length === SHORTEST) await read();
  for (let round = 0; round < ROUNDS; round++) {
    for (const { name, length, read } of readings) {
      const times = Math.max(1, TOKENS_PER_SAMPLE / length);
      const begin = process.cpuUsage();
      for (let time = 0; time < times; time++) await read();
      const { user, system } = process.cpuUsage(begin);
      costs
        .get(name)
        ?.get(length)
        ?.push((user + system) / times / length);
    }
  }
  return costs;
}
