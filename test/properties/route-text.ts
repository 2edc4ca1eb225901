import fc from "fast-check";
import type { RouteConfig } from "../../src/router/route-config.js";
import { CONFIG, runOver } from "../router/run-thought.js";
import { type Serving, TextModel } from "./text-model.js";

export const ANSWER = "  The answer 👍\n\n    is 42.\n";

const sizes = fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 5 });
const chunks = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });

/** How a text falls into tokens and chunks, and how small doubts them. */
export const serving: fc.Arbitrary<Serving> = fc.record({
  sizes,
  entropies: fc.array(fc.constantFrom(0.1, 0.99, 1.01, 2), { minLength: 1, maxLength: 7 }),
  chunks,
  keepStop: fc.boolean(),
});

/** Every cap that is small, and one that is none. */
export const cap = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant(512));

/** Of a thought that is the whole reply. */
export function wholeConfig(config: Partial<RouteConfig>): RouteConfig {
  return {
    ...CONFIG,
    maxThoughtTokens: 100_000,
    maxAnswerTokens: 100_000,
    thinking: false,
    ...config,
  };
}

/** What becomes of a text that one model writes in both roles. */
export async function replyOf(text: string, given: Serving, config: Partial<RouteConfig>) {
  const { thought, answer } = await runOver(new TextModel(text, given), {
    ...CONFIG,
    maxThoughtTokens: 100_000,
    ...config,
  });
  return thought + answer;
}

/** All that must not depend on how a stream falls into chunks: parts, decisions, values, requests. */
export async function routingOf(text: string, given: Serving, config: Partial<RouteConfig>) {
  const { record, events } = await runOver(new TextModel(text, given), wholeConfig(config));
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
