import { describe, expect, it } from "vitest";
import { above } from "../../../src/core/policies/above.js";
import { and } from "../../../src/core/policies/and.js";
import { maxHandoffs } from "../../../src/core/policies/max-handoffs.js";
import type { Route, RouteDecision, RoutePolicy } from "../../../src/core/route-policy.js";
import { context, glimpse } from "./glimpses.js";

function decided(answer: Route | RouteDecision): RouteDecision {
  return typeof answer === "string" ? { route: answer } : answer;
}

/** A thought whose steps ask as often as told; large goes on to the step's end, or small again after a turn. */
function think(policy: RoutePolicy, asksOfSteps: readonly number[], goesOn = false): string[] {
  const routes: Route[] = [];
  let handoffs = 0;
  let state: RouteDecision["state"];
  return asksOfSteps.map((asks, index) => {
    let letters = "";
    let written: Route = "small";
    for (let occasion = 0; occasion < asks; occasion++) {
      const at = context(index + 1, { routes: [...routes], handoffs, state });
      // Through JSON: any decision may be taken in another process.
      const decision = decided(policy(glimpse(2, { point: "everyToken", occasion }), at));
      state = decision.state === undefined ? state : JSON.parse(JSON.stringify(decision.state));
      letters += decision.route === "large" ? "L" : "s";
      if (decision.route === "small") continue;
      handoffs++;
      written = "large";
      if (!goesOn) break;
    }
    routes.push(written);
    return letters;
  });
}

const EIGHT = Array<number>(8).fill(1);

describe("maxHandoffs", () => {
  it("restricts another policy and does not stop the thought", () => {
    expect(think(and(above(1), maxHandoffs(3)), EIGHT).join("")).toBe("LLLsssss");
    expect(think(and(above(2), maxHandoffs(3)), EIGHT).join("")).toBe("ssssssss");
    expect(think(maxHandoffs(0), EIGHT).join("")).toBe("ssssssss");
  });

  it("leaves small as many steps as cooldown says between two hand-offs", () => {
    expect(think(maxHandoffs(9, { cooldown: 1 }), EIGHT).join("")).toBe("LsLsLsLs");
    expect(think(and(above(1), maxHandoffs(9, { cooldown: 2 })), EIGHT).join("")).toBe("LssLssLs");
    expect(think(maxHandoffs(2, { cooldown: 2 }), EIGHT).join("")).toBe("LssLssss");
  });

  it("counts hand-offs inside a step: none more in it with a cooldown, up to n without", () => {
    const steps = [3, 3, 3, 3, 3];
    expect(think(maxHandoffs(4), steps, true)).toEqual(["LLL", "Lss", "sss", "sss", "sss"]);
    const cooled = ["Lss", "sss", "Lss", "sss", "Lss"];
    expect(think(maxHandoffs(4, { cooldown: 1 }), steps, true)).toEqual(cooled);
    expect(think(and(above(1), maxHandoffs(4, { cooldown: 1 })), steps, true)).toEqual(cooled);
  });

  it("counts hand-offs that others asked for, and begins anew on a state of another policy's", () => {
    const policy = maxHandoffs(3, { cooldown: 1 });
    const route = (more: Parameters<typeof context>[1]) =>
      decided(policy(glimpse(0), context(5, more))).route;
    const routes: Route[] = ["small", "large", "small", "small"];
    expect(route({ routes, handoffs: 3 })).toBe("small");
    expect(route({ routes, handoffs: 2 })).toBe("large");
    expect(route({ routes: [...routes.slice(1), "large"], handoffs: 2 })).toBe("small");
    for (const state of [null, "x", [1], { step: 5 }, { step: 5, handoffs: "1" }]) {
      expect(route({ routes, handoffs: 2, state })).toBe("large");
    }
  });
});
