import { describe, expect, it } from "vitest";
import { above } from "../../../src/core/policies/above.js";
import { always } from "../../../src/core/policies/always.js";
import { atSteps } from "../../../src/core/policies/at-steps.js";
import { below } from "../../../src/core/policies/below.js";
import { entropyAbove } from "../../../src/core/policies/entropy-above.js";
import { firstSteps } from "../../../src/core/policies/first-steps.js";
import { normalizedEntropyAbove } from "../../../src/core/policies/normalized-entropy-above.js";
import type { Route } from "../../../src/core/route-policy.js";
import { context, FIRST, glimpse } from "./glimpses.js";

const ROUTES: readonly Route[] = ["small", "large"];
const STEPS = [1, 2, 3, 4, 5].map((step) => context(step));

describe("above", () => {
  it("is large strictly above tau, by the point's value", () => {
    expect(above(1)(glimpse(1), FIRST)).toBe("small");
    expect(above(1)(glimpse(1 + 1e-9), FIRST)).toBe("large");
    expect(above(1)(glimpse(2, { entropy: 0 }), FIRST)).toBe("large");
    expect(above(-0.5)(glimpse(0), FIRST)).toBe("large");
  });
});

describe("below", () => {
  it("is large strictly below tau, by the point's value", () => {
    expect(below(1)(glimpse(1), FIRST)).toBe("small");
    expect(below(1)(glimpse(1 - 1e-9), FIRST)).toBe("large");
    expect(below(1.2)(glimpse(1.1, { entropy: 3 }), FIRST)).toBe("large");
  });
});

describe("entropyAbove", () => {
  it("is the paper's rule: strictly above", () => {
    expect(entropyAbove(1)(glimpse(1), FIRST)).toBe("small");
    expect(entropyAbove(1)(glimpse(1 + 1e-9), FIRST)).toBe("large");
    expect(entropyAbove(0)(glimpse(0), FIRST)).toBe("small");
  });

  it("looks at the token's entropy at points whose value is another", () => {
    expect(entropyAbove(1)(glimpse(9, { entropy: 0.5 }), FIRST)).toBe("small");
  });
});

describe("normalizedEntropyAbove", () => {
  it("is large strictly above a share of ln k", () => {
    const at = (normalizedEntropy: number) =>
      normalizedEntropyAbove(0.25)(glimpse(0, { normalizedEntropy }), FIRST);
    expect([at(0.25), at(0.26), at(1)]).toEqual(["small", "large", "large"]);
    expect(normalizedEntropyAbove(1)(glimpse(3, { normalizedEntropy: 1 }), FIRST)).toBe("small");
  });
});

describe("always", () => {
  it.each(ROUTES)("is %s for every step", (route) => {
    expect(always(route)(glimpse(0), FIRST)).toBe(route);
    expect(always(route)(glimpse(3), FIRST)).toBe(route);
  });
});

describe("firstSteps", () => {
  it("is large for the first n steps, at every occasion of theirs", () => {
    const routes = STEPS.map((at) => firstSteps(2)(glimpse(0, { occasion: 4 }), at));
    expect(routes).toEqual(["large", "large", "small", "small", "small"]);
    expect(firstSteps(0)(glimpse(3), FIRST)).toBe("small");
  });
});

describe("atSteps", () => {
  it("plays a list of steps back", () => {
    const routes = STEPS.map((at) => atSteps([4, 2, 4, 90])(glimpse(0), at));
    expect(routes).toEqual(["small", "large", "small", "large", "small"]);
    expect(atSteps([])(glimpse(3), FIRST)).toBe("small");
  });
});
