import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { always } from "../../../src/core/policies/always.js";
import { and } from "../../../src/core/policies/and.js";
import { targetRate } from "../../../src/core/policies/target-rate.js";
import type { Glimpse, RouteDecision, RoutePolicy } from "../../../src/core/route-policy.js";
import { context, glimpse } from "./glimpses.js";

const CEILING = Math.log(20);

type State = RouteDecision["state"];

/** One reply: each ask is a new step, unless told where. */
class Reply {
  readonly policy: RoutePolicy;
  state: State;
  #step = 0;

  constructor(policy: RoutePolicy, state?: State) {
    this.policy = policy;
    this.state = state;
  }

  ask(value: number, at: Partial<Glimpse> & { step?: number } = {}): "small" | "large" {
    const { step = ++this.#step, ...place } = at;
    const given = context(step, this.state === undefined ? {} : { state: this.state });
    const decision = this.policy(glimpse(value, place), given) as RouteDecision;
    // Through JSON: any decision may be taken in another process.
    this.state = JSON.parse(JSON.stringify(decision.state));
    return decision.route;
  }

  end(): void {
    if (this.state !== undefined) this.policy.settle?.(this.state);
  }
}

/** Where tau is at the beginning of a reply: the value at which it turns. */
function tauOf(policy: RoutePolicy): number {
  const { state } = policy(glimpse(0), context(1)) as RouteDecision;
  return (state as { from: number }).from;
}

describe("targetRate", () => {
  it("moves tau behind every place: up by g(1 - r) at large, down by gr at small", () => {
    const reply = new Reply(targetRate(0.25, { start: 1, gain: 0.4 }));
    // tau: 1, then 0.9, 1.2, 1.1
    expect([0.95, 0.95, 1.15, 1.15].map((value) => reply.ask(value))).toEqual([
      "small",
      "large",
      "small",
      "large",
    ]);
  });

  it("is strict, and has a gain of 0.05", () => {
    const policy = targetRate(0.5, { start: 1 });
    expect(new Reply(policy).ask(1)).toBe("small");
    const reply = new Reply(policy);
    reply.ask(2);
    reply.end();
    expect(tauOf(policy)).toBeCloseTo(1.025, 12);
  });

  it("is pure within a reply: what a decision gives depends on glimpse, context and the tau it began with", () => {
    const policy = targetRate(0.3, { start: 1, gain: 0.5 });
    const first = policy(glimpse(2), context(1));
    expect(policy(glimpse(2), context(1))).toEqual(first);
    const { state } = first as RouteDecision;
    const second = policy(glimpse(1), context(2, { state: state ?? null }));
    policy.settle?.(state ?? null);
    expect(policy(glimpse(1), context(2, { state: state ?? null }))).toEqual(second);
  });

  it("goes on in another process with its own tau, and joins that process's sum", () => {
    const values = Array.from({ length: 40 }, (_, index) => (index * 7) % 3);
    const here = targetRate(0.3, { start: 1, gain: 0.2 });
    const whole = new Reply(here);
    const routes = values.map((value) => whole.ask(value));
    const begun = new Reply(here);
    const before = values.slice(0, 17).map((value) => begun.ask(value));
    // Another history, and another `start`: neither may matter to a reply that has begun.
    const there = targetRate(0.3, { start: 2.5, gain: 0.2 });
    const other = new Reply(there);
    other.ask(3);
    other.end();
    const resumed = new Reply(there, begun.state);
    const after = values.slice(17).map((value, index) => resumed.ask(value, { step: 18 + index }));
    expect([...before, ...after]).toEqual(routes);
    const large = routes.filter((route) => route === "large").length;
    resumed.end();
    expect(tauOf(there)).toBeCloseTo(2.5 + 0.2 * (1 + large - 0.3 * 41), 12);
    expect(tauOf(here)).toBe(1);
  });

  it("replies in flight do not see each other; their sums join whatever the order of their ends", () => {
    const run = (order: readonly number[]) => {
      const policy = targetRate(0.25, { start: 1, gain: 0.1 });
      const replies = [0, 1, 2].map(() => new Reply(policy));
      const routes = Array.from({ length: 30 }, (_, index) =>
        replies.map((reply, which) => reply.ask(((index + which) * 5) % 3)),
      );
      for (const which of order) replies[which]?.end();
      return { routes, tau: tauOf(policy) };
    };
    const alone = (which: number) => {
      const reply = new Reply(targetRate(0.25, { start: 1, gain: 0.1 }));
      return Array.from({ length: 30 }, (_, index) => reply.ask(((index + which) * 5) % 3));
    };
    const { routes, tau } = run([0, 1, 2]);
    expect(routes.map((row) => row[1])).toEqual(alone(1));
    expect(routes.map((row) => row[2])).toEqual(alone(2));
    const large = routes.flat().filter((route) => route === "large").length;
    expect(tau).toBeCloseTo(1 + 0.1 * (large - 0.25 * 90), 12);
    expect(run([2, 0, 1]).tau).toBe(tau);
    expect(run([1, 2, 0]).tau).toBe(tau);
  });

  it("counts a place once, however often it is asked, as large if any of its values is", () => {
    const policy = targetRate(0.5, { start: 1, gain: 0.2 });
    const asked = (asks: readonly [point: string, occasion: number, value: number][]) => {
      const reply = new Reply(policy);
      const routes = asks.map(([point, occasion, value]) =>
        reply.ask(value, { step: 1, point, occasion }),
      );
      const { places, large } = reply.state as { places: number; large: number };
      return { routes, places, large };
    };
    // tau stays 1 while the place is open, and large stays large where something else vetoed it.
    expect(
      asked([
        ["digits", 0, 0.2],
        ["digits", 0, 0.99],
        ["digits", 0, 1.01],
        ["digits", 0, 2],
      ]),
    ).toEqual({
      routes: ["small", "small", "large", "large"],
      places: 1,
      large: 1,
    });
    // Two points of one `anyOf` take turns: three places.
    expect(
      asked([
        ["digits", 0, 0.1],
        ["span", 0, 0.1],
        ["digits", 0, 0.2],
        ["span", 0, 1.5],
        ["digits", 0, 0.3],
        ["span", 1, 0.1],
      ]),
    ).toMatchObject({ places: 3, large: 1 });
  });

  it("a state of another policy's counts as none, and is not settled", () => {
    const policy = targetRate(0.5, { start: 1 });
    for (const state of [
      null,
      3,
      "x",
      [1],
      { from: 1 },
      { from: "1", places: 1, large: 0, step: 1, latest: {} },
      { from: 1, places: 1, large: 0, step: 1, latest: null },
    ]) {
      policy.settle?.(state);
      expect(new Reply(policy, state).ask(1.01)).toBe("large");
      expect(tauOf(policy)).toBe(1);
    }
  });

  it("learns inside a combination, too", () => {
    const learner = targetRate(0.5, { start: 1, gain: 0.2 });
    const reply = new Reply(and(always("large"), learner));
    reply.ask(2);
    reply.end();
    expect(tauOf(learner)).toBeCloseTo(1.1, 12);
  });
});

describe("the bound of targetRate", () => {
  /** How a value is chosen, by one who sees the tau that it will be compared with; a number: a share of the ceiling. */
  type Choice = "lowest" | "highest" | "just above" | "just below" | "middle" | number;

  function chosen(how: Choice, tau: number): number {
    if (typeof how === "number") return how * CEILING;
    const values = {
      lowest: 0,
      highest: CEILING,
      "just above": tau + 1e-6,
      "just below": tau,
      middle: CEILING / 2,
    };
    return Math.min(CEILING, Math.max(0, values[how]));
  }

  interface Settings {
    readonly rate: number;
    readonly gain: number;
    readonly start: number;
  }

  /** Replies side by side over one policy, with a count of what their decisions did not see. */
  class Crowd {
    places = 0;
    large = 0;
    mostUnseen = 0;
    readonly #policy: RoutePolicy;
    readonly #open = new Map<number, { state: State; own: number; unseen: number }>();
    readonly #settings: Settings;
    #settled = 0;

    constructor(settings: Settings) {
      this.#settings = settings;
      this.#policy = targetRate(settings.rate, settings);
    }

    ask(which: number, how: Choice): void {
      const unseen = this.places - this.#settled;
      const reply = this.#open.get(which) ?? { state: undefined, own: 0, unseen };
      this.#open.set(which, reply);
      const given = context(reply.own + 1, { state: reply.state });
      const value = chosen(how, this.#tau(reply.state));
      const { route, state } = this.#policy(glimpse(value), given) as RouteDecision;
      this.mostUnseen = Math.max(this.mostUnseen, reply.unseen);
      for (const other of this.#open.values()) if (other !== reply) other.unseen++;
      this.places++;
      this.large += route === "large" ? 1 : 0;
      reply.own++;
      reply.state = state;
    }

    end(which: number): void {
      const reply = this.#open.get(which);
      if (reply?.state === undefined) return;
      this.#policy.settle?.(reply.state);
      this.#settled += reply.own;
      this.#open.delete(which);
    }

    #tau(state: State): number {
      if (state === undefined) return tauOf(this.#policy);
      const { rate, gain } = this.#settings;
      const { from, places, large } = state as { from: number; places: number; large: number };
      return from + gain * (large - rate * places);
    }

    /** How far the share of large is from the rate, and how far it may be. */
    get miss(): { readonly seen: number; readonly bound: number } {
      const { rate, gain } = this.#settings;
      return {
        seen: Math.abs(this.large / this.places - rate),
        bound: (CEILING + 2 * gain * (1 + this.mostUnseen)) / (gain * this.places) + 1e-9,
      };
    }
  }

  const choice = fc.oneof(
    fc.constantFrom<Choice>("lowest", "highest", "just above", "just below", "middle"),
    fc.double({ min: 0, max: 1, noNaN: true }),
  );
  const settings = fc.record({
    rate: fc.double({ min: 0, max: 1, noNaN: true }),
    gain: fc.double({ min: 0.01, max: 2, noNaN: true }),
    start: fc.double({ min: 0, max: CEILING, noNaN: true }),
  });
  const stretch = fc.record({
    which: fc.nat({ max: 3 }),
    how: fc.array(choice, { minLength: 1, maxLength: 4 }),
    length: fc.integer({ min: 1, max: 40 }),
    ends: fc.boolean(),
  });

  it("holds for random and for adversarial values, in any order of replies in flight (property)", () => {
    const stretches = fc.array(stretch, { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(settings, stretches, (given, asked) => {
        const crowd = new Crowd(given);
        for (const { which, how, length, ends } of asked) {
          for (let index = 0; index < length; index++) {
            crowd.ask(which, how[index % how.length] ?? "lowest");
          }
          if (ends) crowd.end(which);
        }
        expect(crowd.miss.seen).toBeLessThanOrEqual(crowd.miss.bound);
      }),
    );
  });

  it("counts as in flight what a sleeping reply has missed, also of replies that are over", () => {
    // Ten replies take the same tau of 0, and push the sum to the ceiling one after the other.
    const crowd = new Crowd({ rate: 0.25, gain: 0.1, start: 0 });
    for (let which = 0; which < 10; which++) crowd.ask(which, "lowest");
    for (let which = 0; which < 10; which++) {
      for (let asked = 0; asked < 45; asked++) crowd.ask(which, "highest");
      crowd.end(which);
    }
    const { seen, bound } = crowd.miss;
    expect(crowd.mostUnseen).toBe(9 * 46);
    expect(seen).toBeLessThanOrEqual(bound);
    // With those that are open at one time alone, it would not hold.
    expect(seen).toBeGreaterThan((CEILING + 2 * 0.1 * (1 + 9 + 45)) / (0.1 * crowd.places));
  });

  it.each<Choice>(["highest", "lowest", "just above", "just below"])(
    "is worth something: 2,000 places, one reply after another, are within 3.1 points (%s)",
    (how) => {
      const crowd = new Crowd({ rate: 0.25, gain: 0.05, start: 1 });
      for (let reply = 0; reply < 100; reply++) {
        for (let place = 0; place < 20; place++) crowd.ask(0, how);
        crowd.end(0);
      }
      expect(crowd.miss.bound).toBeLessThan(0.031);
      expect(crowd.miss.seen).toBeLessThanOrEqual(crowd.miss.bound);
    },
  );
});
