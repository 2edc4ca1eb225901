import { expect, it } from "vitest";
import {
  above,
  always,
  and,
  atSteps,
  below,
  entropyAbove,
  firstSteps,
  maxHandoffs,
  normalizedEntropyAbove,
  not,
  once,
  or,
  type RoutePolicy,
  random,
  targetRate,
} from "../../../src/index.js";

/** As JavaScript may give them. */
const odd = (value: unknown) => value as never;

it.each<[make: () => RoutePolicy, field: string, value: string, remedy: RegExp]>([
  [() => above(Number.NaN), "`tau` of above()", "NaN", /finite number.*always\("small"\)/],
  [() => above(odd("1")), "`tau` of above()", '"1"', /finite number/],
  [() => below(Infinity), "`tau` of below()", "Infinity", /finite number/],
  [() => entropyAbove(odd(undefined)), "`threshold` of entropyAbove()", "undefined", /finite/],
  [() => normalizedEntropyAbove(1.2), "`x` of normalizedEntropyAbove()", "1.2", /0 to 1/],
  [() => always(odd("Large")), "`route` of always()", '"Large"', /"small" or "large"/],
  [() => random(25), "`rate` of random()", "25", /share, 0 to 1/],
  [() => random(0.5, odd("a")), "`seed` of random()", '"a"', /number/],
  [() => firstSteps(1.5), "`n` of firstSteps()", "1.5", /whole number of steps/],
  [() => atSteps([1, 0]), "`numbers` of atSteps()", "0", /1 for the first step/],
  [() => atSteps(odd(3)), "`numbers` of atSteps()", "3", /list/],
  [() => maxHandoffs(-1), "`n` of maxHandoffs()", "-1", /0 or more/],
  [() => maxHandoffs(3, { cooldown: 0.5 }), "`cooldown` of maxHandoffs()", "0.5", /steps/],
  [() => targetRate(1.1, { start: 1 }), "`rate` of targetRate()", "1.1", /0 to 1/],
  [() => targetRate(0.2, odd(undefined)), "`start` of targetRate()", "undefined", /finite/],
  [() => targetRate(0.2, { start: 1, gain: 0 }), "`gain` of targetRate()", "0", /more than 0/],
  [() => and(above(1), odd("large")), "A policy of and()", '"large"', /Give a function/],
  [() => or(odd(null)), "A policy of or()", "null", /Give a function/],
  [() => not(odd({ apiKey: "k" })), "A policy of not()", "an object", /Give a function/],
  [() => once(odd(undefined)), "A policy of once()", "undefined", /Give a function/],
])("%o: an error with field, value and remedy (%s)", (make, field, value, remedy) => {
  expect(make).toThrow(
    expect.objectContaining({
      name: "RouteError",
      reason: "invalid_option",
      message: expect.stringMatching(remedy),
    }),
  );
  expect(make).toThrow(`${field} cannot be ${value}. `);
});

it.each([
  ["and", and],
  ["or", or],
  ["not", not],
  ["once", once],
])("a policy of %s that returns no route is no silent small", (name, combination) => {
  const glimpsed = { point: "stepStart", value: 1, occasion: 0 } as never;
  const context = { step: 1, thought: "", thoughtTokens: 0, routes: [], handoffs: 0 };
  for (const answer of [Promise.resolve("large"), undefined, "Large", { state: 1 }]) {
    expect(() => combination(() => answer as never)(glimpsed, context)).toThrow(
      `Expected the policies of ${name}() to return "small" or "large"`,
    );
  }
});
