import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { above } from "../../src/core/policies/above.js";
import { always } from "../../src/core/policies/always.js";
import { entropyAbove } from "../../src/core/policies/entropy-above.js";
import { random } from "../../src/core/policies/random.js";
import type { RouteConfig } from "../../src/router/route-config.js";
import { ALL_POINTS } from "../core/points/all-points.js";
import { CONFIG, runOver } from "../router/run-thought.js";
import { type Serving, TextModel } from "./text-model.js";
import { TEXTS } from "./texts.js";

const ANSWER = "  The answer 👍\n\n    is 42.\n";

const POLICIES: Readonly<Record<string, (seed: number) => RouteConfig["policy"]>> = {
  "always small": () => always("small"),
  "always large": () => always("large"),
  "entropy above 1": () => entropyAbove(1),
  random: (seed) => random(0.5, seed),
};

const sizes = fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 5 });
const chunks = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });
const serving: fc.Arbitrary<Serving> = fc.record({
  sizes,
  entropies: fc.array(fc.constantFrom(0.1, 0.99, 1.01, 2), { minLength: 1, maxLength: 7 }),
  chunks,
  keepStop: fc.boolean(),
});

/** Every cap that is small, and one that is none. */
const cap = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant(512));
const delimiter = fc.constantFrom("\n\n", "\n\n", "\n", "\r\n\r\n", ". ");

async function replyOf(text: string, given: Serving, config: Partial<RouteConfig>) {
  const { thought, answer } = await runOver(new TextModel(text, given), {
    ...CONFIG,
    maxThoughtTokens: 100_000,
    ...config,
  });
  return thought + answer;
}

/** All that must not depend on how a stream falls into chunks: parts, decisions, values, requests. */
async function routingOf(text: string, given: Serving, config: Partial<RouteConfig>) {
  const { record, events } = await runOver(new TextModel(text, given), {
    ...CONFIG,
    thinking: false,
    maxAnswerTokens: 100_000,
    ...config,
  });
  return {
    requests: record.requests,
    // Large's tokens are counted by its server's report, or one a chunk (rule 15).
    steps: record.steps.map(({ ms: _ms, tokens, parts, ...step }) => ({
      ...step,
      tokens: step.route === "small" ? tokens : 0,
      parts: parts.map(({ ms: _ms, ...part }) => ({
        ...part,
        tokens: part.route === "small" ? part.tokens : 0,
      })),
    })),
    decisions: events.filter(({ type }) => type === "route-decided"),
  };
}

describe("rule 21: one model in both roles gives the unrouted text", () => {
  describe.each(Object.entries(TEXTS))("%s", (_text, text) => {
    it.each(Object.entries(POLICIES))("%s", async (_policy, policy) => {
      await fc.assert(
        fc.asyncProperty(
          serving,
          fc.constantFrom("fused" as const, "probe" as const),
          cap,
          delimiter,
          fc.integer(),
          async (given, glimpse, maxStepTokens, delimiter, seed) => {
            const config = { glimpse, maxStepTokens, delimiter, policy: policy(seed) };
            const reply = await replyOf(text, given, { ...config, thinking: false });
            expect(reply).toBe(text);
            const whole = `${text}</think>\n\n${ANSWER}`;
            expect(await replyOf(whole, given, config)).toBe(text + ANSWER);
          },
        ),
        { numRuns: 40 },
      );
    });

    it.each(ALL_POINTS.map((point) => [point.name, point] as const))("at %s", async (_, point) => {
      const policy = fc.constantFrom<RouteConfig["policy"]>(
        always("large"),
        above(1),
        random(0.5),
        ({ occasion }) => (occasion > 0 ? { route: "large", until: "end" } : "small"),
      );
      await fc.assert(
        fc.asyncProperty(serving, cap, policy, fc.constantFrom(3, 512), async (...given) => {
          const [served, maxStepTokens, policy, maxHoldTokens] = given;
          const config = { point, maxStepTokens, policy, maxHoldTokens };
          const chunked = await routingOf(text, served, config);
          expect(chunked).toEqual(await routingOf(text, { ...served, chunks: [1] }, config));
          expect(await replyOf(text, served, { ...config, thinking: false })).toBe(text);
          const whole = `${text}</think>\n\n${ANSWER}`;
          expect(await replyOf(whole, served, config)).toBe(text + ANSWER);
        }),
        { numRuns: 8 },
      );
    });
  });
});
