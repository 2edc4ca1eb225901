import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { always } from "../../../src/core/policies/always.js";
import { and } from "../../../src/core/policies/and.js";
import { entropyAbove } from "../../../src/core/policies/entropy-above.js";
import { not } from "../../../src/core/policies/not.js";
import { once } from "../../../src/core/policies/once.js";
import { or } from "../../../src/core/policies/or.js";
import type {
  Glimpse,
  Route,
  RouteContext,
  RouteDecision,
  RoutePolicy,
} from "../../../src/core/route-policy.js";
import { context, FIRST, glimpse } from "./glimpses.js";

const ROUTES: readonly Route[] = ["small", "large"];
const untilEnd: RoutePolicy = () => ({ route: "large", until: "end" });

/** Large at every nth time that it is asked; counts in its state. */
function everyNth(n: number): RoutePolicy {
  return (_glimpse, { state }) => {
    const asked = ((state as number | undefined) ?? 0) + 1;
    return { route: asked % n === 0 ? "large" : "small", state: asked };
  };
}

function ask(policy: RoutePolicy, state?: RouteContext["state"]): RouteDecision {
  const answer = policy(glimpse(1), context(1, state === undefined ? {} : { state }));
  return typeof answer === "string" ? { route: answer } : answer;
}

describe("and, or, not", () => {
  it.each([
    ["small", "small", "small", "small"],
    ["small", "large", "small", "large"],
    ["large", "small", "small", "large"],
    ["large", "large", "large", "large"],
  ] as const)("%s, %s: and is %s, or is %s", (a, b, both, either) => {
    expect(and(always(a), always(b))(glimpse(1), FIRST)).toBe(both);
    expect(or(always(a), always(b))(glimpse(1), FIRST)).toBe(either);
  });

  it.each(ROUTES)("not turns %s around", (route) => {
    expect(not(always(route))(glimpse(1), FIRST)).not.toBe(route);
    expect(not(not(always(route)))(glimpse(1), FIRST)).toBe(route);
  });

  it("of nothing: and is large, or is small", () => {
    expect(and()(glimpse(1), FIRST)).toBe("large");
    expect(or()(glimpse(1), FIRST)).toBe("small");
  });

  it("hand glimpse and context on, and nest", () => {
    const late = (_glimpse: Glimpse, { step }: RouteContext): Route =>
      step > 3 ? "large" : "small";
    const policy = and(entropyAbove(1), not(late));
    expect(policy(glimpse(2), context(3))).toBe("large");
    expect(policy(glimpse(2), context(4))).toBe("small");
    expect(policy(glimpse(1), context(3))).toBe("small");
  });

  it("show the parts the whole context, and make the list of routes only where one looks", () => {
    const made = vi.fn<() => readonly Route[]>(() => ["large"]);
    const seen: RouteContext[] = [];
    const part: RoutePolicy = (_glimpse, given) => {
      seen.push(given);
      return "small";
    };
    const given = {
      ...context(2, { thought: "So.\n\n", thoughtTokens: 3, handoffs: 1 }),
      get routes() {
        return made();
      },
    };
    and(part, or(part))(glimpse(1), given);
    expect(made).not.toHaveBeenCalled();
    for (const one of seen) expect(one).toEqual({ ...given, routes: ["large"], state: undefined });
    expect(seen).toHaveLength(2);
  });
});

describe("until", () => {
  it("survives where a part that says large says so", () => {
    const end = { route: "large", until: "end" };
    expect(and(always("large"), untilEnd)(glimpse(1), FIRST)).toEqual(end);
    expect(or(always("small"), untilEnd)(glimpse(1), FIRST)).toEqual(end);
    expect(or(always("large"), untilEnd)(glimpse(1), FIRST)).toEqual(end);
    expect(once(untilEnd)(glimpse(1), FIRST)).toEqual(end);
  });

  it("goes where nothing is handed over, or another part alone says large", () => {
    expect(and(always("small"), untilEnd)(glimpse(1), FIRST)).toBe("small");
    expect(not(untilEnd)(glimpse(1), FIRST)).toBe("small");
    expect(not(always("small"))(glimpse(1), FIRST)).toBe("large");
    expect(or(always("large"), once(always("small")))(glimpse(1), FIRST)).toBe("large");
  });

  it("once hands over for good at the first large, and is small before", () => {
    const policy = once(entropyAbove(1));
    expect(policy(glimpse(1), FIRST)).toBe("small");
    expect(policy(glimpse(1.1), FIRST)).toEqual({ route: "large", until: "end" });
  });
});

describe("state", () => {
  it("of a combination is the list of the parts' states, null for none", () => {
    const policy = or(everyNth(2), always("small"), not(everyNth(9)));
    expect(ask(policy).state).toEqual([1, null, 1]);
    expect(ask(policy, [4, null, 7])).toEqual({ route: "large", state: [5, null, 8] });
    expect(ask(once(everyNth(2)), 1)).toEqual({ route: "large", until: "end", state: 2 });
    expect(ask(and(once(everyNth(2)), everyNth(2)), [1, 1])).toEqual({
      route: "large",
      until: "end",
      state: [2, 2],
    });
  });

  it("is kept for a part that gives none this time, and cleared where it gives null", () => {
    const gives = (state?: null) => (): RouteDecision =>
      state === undefined ? { route: "small" } : { route: "small", state };
    expect(ask(and(gives(), gives(null)), [5, 6]).state).toEqual([5, null]);
    expect(ask(and(gives(null)), [6]).state).toEqual([null]);
    expect(ask(and(gives()))).toEqual({ route: "small" });
  });

  it("of another policy counts as none", () => {
    for (const state of [null, 3, "x", { a: 1 }, [1], [1, 2, 3]]) {
      expect(ask(and(everyNth(2), everyNth(3)), state).state).toEqual([1, 1]);
    }
  });

  it("stays complete: in any combination every part is asked each time (property)", () => {
    const { tree } = fc.letrec<{ tree: (leaf: (n: number) => RoutePolicy) => RoutePolicy }>(
      (tie) => ({
        tree: fc.oneof(
          { depthSize: "small" },
          fc.integer({ min: 1, max: 4 }).map((n) => (leaf: (n: number) => RoutePolicy) => leaf(n)),
          fc.tuple(fc.constantFrom(and, or), fc.array(tie("tree"), { maxLength: 3 })).map(
            ([combine, parts]) =>
              (leaf: (n: number) => RoutePolicy) =>
                combine(...parts.map((part) => part(leaf))),
          ),
          fc.tuple(fc.constantFrom(not, once), tie("tree")).map(
            ([turn, part]) =>
              (leaf: (n: number) => RoutePolicy) =>
                turn(part(leaf)),
          ),
        ),
      }),
    );
    fc.assert(
      fc.property(tree, fc.integer({ min: 1, max: 8 }), (build, times) => {
        const asked: number[][] = [];
        const settled: unknown[] = [];
        const policy = build((n) => {
          const seen: number[] = [];
          asked.push(seen);
          const counting: RoutePolicy = (at, given) => {
            const decision = everyNth(n)(at, given) as RouteDecision;
            seen.push(decision.state as number);
            return decision;
          };
          return Object.assign(counting, { settle: (state: unknown) => settled.push(state) });
        });
        let state: RouteContext["state"];
        for (let time = 0; time < times; time++) {
          const decision = ask(policy, state);
          state = decision.state && JSON.parse(JSON.stringify(decision.state));
        }
        const everyTime = Array.from({ length: times }, (_, index) => index + 1);
        expect(asked).toEqual(asked.map(() => everyTime));
        if (state !== undefined) policy.settle?.(state);
        expect(settled).toEqual(asked.map(() => times));
      }),
    );
  });
});

describe("settle", () => {
  it("is passed on to the parts, each with its own last state", () => {
    const told: unknown[] = [];
    const learner = (name: string): RoutePolicy =>
      Object.assign(everyNth(2), {
        settle(this: RoutePolicy, state: unknown) {
          told.push([name, state]);
        },
      });
    const policy = and(learner("a"), always("large"), not(or(learner("b"), once(learner("c")))));
    policy.settle?.([4, null, [null, 6]]);
    expect(told).toEqual([
      ["a", 4],
      ["c", 6],
    ]);
    policy.settle?.("another policy's");
    expect(told).toHaveLength(2);
  });

  it("is not there where no part wants it", () => {
    for (const policy of [and(always("large")), or(), not(always("small")), once(untilEnd)]) {
      expect(policy.settle).toBeUndefined();
    }
  });
});
