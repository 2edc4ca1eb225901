import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { replyCost } from "../../src/core/reply-cost.js";
import type { RouteConfig } from "../../src/router/route-config.js";
import type { Role, StepWriter, Written } from "../../src/router/step-writer.js";
import { ALL_POINTS } from "../core/points/all-points.js";
import { ALL_POLICIES } from "../core/policies/all-policies.js";
import { CONFIG, type Run, runOver } from "../router/run-thought.js";
import { type Cuts, PlannedPair } from "./planned-models.js";
import { cuts, plan } from "./plans.js";
import { serving, wholeConfig } from "./route-text.js";
import { TextModel } from "./text-model.js";
import { TEXTS } from "./texts.js";

type Writers = Readonly<Record<Role, StepWriter>>;

/** What went out to the router, counted where it is written. */
class Counter {
  readonly sent = { small: 0, large: 0 };
  /** Streams that ended by themselves: their EOS is in no text. */
  ended = 0;
  readonly writers: Writers;

  /** @param isTold - the end of a stream says what it has cost; else nobody does */
  constructor({ small, large }: Writers, isTold: boolean) {
    const counted = (role: Role, writer: StepWriter): StepWriter => ({
      ...writer,
      write: (...asked) => this.#count(role, writer.write(...asked), isTold),
    });
    this.writers = { small: counted("small", small), large: counted("large", large) };
  }

  async *#count(
    role: Role,
    stream: AsyncIterable<Written>,
    isTold: boolean,
  ): AsyncGenerator<Written> {
    let sent = 0;
    for await (const { usage, ...written } of stream) {
      if (written.type === "text") {
        const tokens = written.tokens.length || (written.text === "" ? 0 : 1);
        sent += tokens;
        this.sent[role] += tokens;
        yield written;
        continue;
      }
      this.ended++;
      const output_tokens = usage?.output_tokens ?? sent;
      if (isTold) this.sent[role] += output_tokens - sent;
      yield isTold ? { ...written, usage: { input_tokens: 5, output_tokens } } : written;
    }
  }
}

const paid = ({ record: { usage } }: Run) =>
  usage.small.input_tokens +
  usage.small.output_tokens +
  usage.large.input_tokens +
  usage.large.output_tokens;

describe("what was paid for", () => {
  const texts = fc.constantFrom(...Object.values(TEXTS));
  const policies = Object.entries(ALL_POLICIES);

  it.each(ALL_POINTS.map((point) => [point.name, point] as const))(
    "is what was sent, and each token of it is kept or discarded: %s",
    async (_name, point) => {
      for (const [, policy] of policies) {
        await fc.assert(
          fc.asyncProperty(texts, serving, fc.integer(), async (text, served, seed) => {
            const model = new TextModel(text, served);
            const counter = new Counter(model.writers, true);
            const config = wholeConfig({ point, policy: policy(seed) });
            const { openings } = model;
            const { record, state } = await runOver({ writers: counter.writers, openings }, config);
            const { small, large } = record.usage;
            expect(small.output_tokens).toBe(counter.sent.small);
            expect(large.output_tokens).toBe(counter.sent.large);
            const noted = record.steps.reduce((sum, { discarded }) => sum + discarded, 0);
            expect(small.discarded_tokens).toBeGreaterThanOrEqual(noted);
            // Of large's steps that one request has written each event is one token, until the sum is told.
            if (state.untilEnd) return;
            const thrown = small.discarded_tokens + large.discarded_tokens;
            const ends = small.output_tokens + large.output_tokens - thrown - state.thoughtTokens;
            expect(ends).toBeGreaterThanOrEqual(0);
            expect(ends).toBeLessThanOrEqual(counter.ended);
          }),
          { numRuns: 1 },
        );
      }
    },
  );
});

describe("limits in tokens and in money", () => {
  const prices = { small: { input: 1, output: 3 }, large: { input: 8, output: 30 } };
  const setting = fc.record({
    plan,
    server: fc.record({ cuts: cuts as fc.Arbitrary<Cuts>, keepStop: fc.boolean() }),
    config: fc.record({
      glimpse: fc.constantFrom("fused" as const, "probe" as const),
      answerBy: fc.constantFrom("small" as const, "large" as const),
      maxAnswerTokens: fc.constantFrom(3, 2048),
      maxTotalTokens: fc.integer({ min: 40, max: 400 }),
      maxCost: fc.integer({ min: 1000, max: 10_000 }).map((cost) => cost / 1e6),
    }),
  });

  it("are kept, and there is an answer", async () => {
    await fc.assert(
      fc.asyncProperty(setting, async ({ plan, server, config }) => {
        const pair = new PlannedPair(plan, server);
        const { openings } = pair;
        const routed = async (limits: Partial<RouteConfig>) => {
          const { writers } = new Counter(pair.writers, false);
          const { maxTotalTokens: _tokens, maxCost: _cost, ...rest } = config;
          return runOver({ writers, openings }, { ...CONFIG, ...rest, prices, ...limits });
        };
        const { maxTotalTokens, maxCost } = config;
        const inTokens = await routed({ maxTotalTokens });
        expect(paid(inTokens)).toBeLessThanOrEqual(maxTotalTokens);
        expect(inTokens.answer).not.toBe("");
        const inMoney = await routed({ maxCost });
        expect(replyCost(inMoney.record.usage, prices)).toBeLessThanOrEqual(maxCost + 1e-12);
        expect(inMoney.answer).not.toBe("");
        // Where none of them strikes the thought is what it is without.
        const free = await routed({});
        for (const { record, thought } of [inTokens, inMoney]) {
          const struck = record.stopReason === "tokens" || record.stopReason === "cost";
          if (!struck) expect(thought).toBe(free.thought);
        }
      }),
      { numRuns: 100 },
    );
  });
});
