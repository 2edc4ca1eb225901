import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyOf } from "../../src/core/points/any-of.js";
import { digits } from "../../src/core/points/digits.js";
import { firstTokens } from "../../src/core/points/first-tokens.js";
import type { GlimpsePoint } from "../../src/core/points/glimpse-point.js";
import { span } from "../../src/core/points/span.js";
import { stepEnd } from "../../src/core/points/step-end.js";
import { firstNonBlank } from "../../src/core/step-boundary.js";
import type { RouteConfig } from "../../src/router/route-config.js";
import type { ThoughtState } from "../../src/router/thought-state.js";
import { ALL_POINTS } from "../core/points/all-points.js";
import { ALL_POLICIES } from "../core/policies/all-policies.js";
import { drive, runOver } from "../router/run-thought.js";
import { ANSWER, cap, replyOf, routingOf, serving, wholeConfig } from "./route-text.js";
import { type Serving, TextModel } from "./text-model.js";
import { TEXTS } from "./texts.js";

/** Texts in which every point finds something, too. */
const ALL_TEXTS = [
  ...Object.values(TEXTS),
  "So 3 * 24 = 72, 2 + 2 =5.\n\n**Wait**, is x = \\frac{3}{4}?\n\n- Let me check: 7+7=$1,400.5\n\nSo it is 14.\n",
];

const equals = span({ after: "=", of: "number" });
const policies = Object.entries(ALL_POLICIES);
const names = <Each extends GlimpsePoint>(points: readonly Each[]) =>
  points.map((point) => [point.name, point] as const);

interface Given {
  readonly text: string;
  readonly served: Serving;
  readonly seed: number;
  readonly limits: Pick<RouteConfig, "maxStepTokens" | "maxHoldTokens">;
}

const given: fc.Arbitrary<Given> = fc.record({
  text: fc.constantFrom(...ALL_TEXTS),
  served: serving,
  seed: fc.integer(),
  limits: fc.record({ maxStepTokens: cap, maxHoldTokens: fc.constantFrom(3, 512) }),
});

/** @param configOf - made anew for each run: policies learn */
async function expectSound({ text, served }: Given, configOf: () => Partial<RouteConfig>) {
  const oneByOne = { ...served, chunks: [1] };
  expect(await routingOf(text, served, configOf())).toEqual(
    await routingOf(text, oneByOne, configOf()),
  );
  expect(await replyOf(text, served, { ...configOf(), thinking: false })).toBe(text);
  const whole = `${text}</think>\n\n${ANSWER}`;
  expect(await replyOf(whole, served, configOf())).toBe(text + ANSWER);
  await expectResumable(text, served, configOf);
}

/** The state goes through JSON at every token, and what is handed out is the text as far as it goes. */
async function expectResumable(
  text: string,
  served: Serving,
  configOf: () => Partial<RouteConfig>,
  see: (state: ThoughtState) => void = () => undefined,
) {
  const { events, state } = await runOver(new TextModel(text, served), wholeConfig(configOf()));
  let out = "";
  const driven = await drive(new TextModel(text, served), wholeConfig(configOf()), (seen, told) => {
    for (const event of told) if (event.type === "text-delta") out += event.text;
    expect(text.startsWith(out)).toBe(true);
    see(seen);
  });
  expect(out).toBe(text);
  const timeless = (value: unknown) =>
    JSON.stringify(value, (key, each) => (/ms$/i.test(key) ? 0 : each));
  expect(timeless(driven.events)).toBe(timeless(events));
  expect(timeless(driven.state)).toBe(timeless(state));
}

describe("rule 21 at every point under every policy: the unrouted text, in any chunks, resumed at any token", () => {
  it.each(names(ALL_POINTS))("%s", async (_name, point) => {
    for (const [, policy] of policies) {
      await fc.assert(
        fc.asyncProperty(given, async (each) => {
          await expectSound(each, () => ({ ...each.limits, point, policy: policy(each.seed) }));
        }),
        { numRuns: 1 },
      );
    }
  });

  it.each(policies)("anyOf with %s as the policy of a part", async (_name, policy) => {
    const pointOf = (seed: number) =>
      anyOf(
        { point: firstTokens(2), policy: policy(seed) },
        { point: equals, policy: policy(seed + 1) },
        anyOf(stepEnd("maxEntropy"), { point: digits(), policy: policy(seed + 2) }),
      );
    await fc.assert(
      fc.asyncProperty(given, async (each) => {
        const { limits, seed } = each;
        const { above = policy } = ALL_POLICIES;
        await expectSound(each, () => ({ ...limits, point: pointOf(seed), policy: above() }));
      }),
      { numRuns: 5 },
    );
  });
});

describe("hold-back", () => {
  it.each(names(ALL_POINTS))("is within its bound at %s", async (_name, point) => {
    const letterByLetter = serving.map((served) => ({ ...served, sizes: [1], chunks: [1] }));
    const bound = fc.integer({ min: 1, max: 12 });
    await fc.assert(
      fc.asyncProperty(
        given,
        letterByLetter,
        bound,
        async ({ text, seed }, served, maxHoldTokens) => {
          const { random: policy = () => () => "small" as const } = ALL_POLICIES;
          const configOf = () => ({ point, maxHoldTokens, policy: policy(seed) });
          // A token is a letter, or one of its bytes: no text is held that has more letters than the bound.
          await expectResumable(text, served, configOf, ({ step }) => {
            const word = firstNonBlank(step.text);
            // Blanks before the first word wait for it under any point: a turn of large may have written them.
            if (step.route !== "small" || word === -1) return;
            const begin = Math.max(step.emitted, word);
            const held = Array.from(step.text.slice(begin)).length;
            expect(held).toBeLessThanOrEqual(maxHoldTokens);
          });
        },
      ),
      { numRuns: 6 },
    );
  });
});
