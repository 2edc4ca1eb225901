import { FakeListChatModel } from "@langchain/core/utils/testing";
import { describe, expect, it } from "vitest";
import {
  above,
  always,
  anyOf,
  everyToken,
  firstTokens,
  GlimpRouterChatModel,
  GlimpRouterError,
  type Glimpse,
  type GlimpsePoint,
  not,
  once,
  pointFromName,
  type RouteContext,
  type RouteDecision,
  type RoutePolicy,
  rise,
  skipMarkup,
  span,
  stepEnd,
  stepStart,
  targetRate,
  window,
} from "../../../src/index.js";
import { recordOf } from "../record-of.js";
import { ScriptedChatModel, scriptedRouter, THOUGHT } from "../scripted-pair.js";

const CALLER = "2+2?";

function refused(work: () => unknown): GlimpRouterError {
  try {
    work();
  } catch (error) {
    if (GlimpRouterError.isInstance(error)) return error;
    throw error;
  }
  throw new Error("Nothing was refused.");
}

describe("glimpseAt", () => {
  it("hands over where the point asks, and the record says so", async () => {
    const { router } = scriptedRouter({}, { glimpseAt: firstTokens(2), threshold: 0.5 });
    const record = recordOf(await router.invoke(CALLER));
    expect(record.steps[1]).toMatchObject({
      route: "large",
      discarded: 2,
      decisions: [{ point: "firstTokens:2", route: "large" }],
    });
    expect(record.requests.small + record.requests.large).toBeLessThanOrEqual(4);
  });

  it("gives the same text at any point, streamed too; nothing is taken back", async () => {
    for (const glimpseAt of [stepEnd("maxEntropy"), everyToken({ turn: 2 }), stepStart()]) {
      const { router } = scriptedRouter({}, { glimpseAt });
      let streamed = "";
      for await (const { additional_kwargs } of await router.stream(CALLER)) {
        streamed += additional_kwargs.reasoning_content ?? "";
        expect(THOUGHT.startsWith(streamed)).toBe(true);
      }
      expect(streamed).toBe(THOUGHT);
    }
  });

  it("is refused by probe, which sees a step's first token only", () => {
    const error = refused(() =>
      scriptedRouter({}, { glimpse: "probe", glimpseAt: firstTokens(2) }),
    );
    expect(error).toMatchObject({ reason: "invalid_option" });
    expect(error.message).toContain("`glimpseAt`");
    expect(error.message).toContain("firstTokens:2");
  });

  it("works by probe where it decides at the first token, whatever it reads of it", async () => {
    const glimpseAt = stepStart({ value: "confidence" });
    const fields = { glimpseAt, threshold: 0.3 } as const;
    const [probe, fused] = await Promise.all(
      (["probe", "fused"] as const).map(async (glimpse) => {
        const { router } = scriptedRouter({}, { ...fields, glimpse });
        return recordOf(await router.invoke(CALLER)).steps.map(({ route }) => route);
      }),
    );
    expect(probe).toEqual(fused);
    expect(probe).toEqual(["small", "large", "small"]);
  });

  it("needs a threshold where its values are not in nats, and one within its range", () => {
    const glimpseAt = stepStart({ value: "margin" });
    expect(refused(() => scriptedRouter({}, { glimpseAt })).message).toContain(
      "give `threshold` or `policy`",
    );
    expect(refused(() => scriptedRouter({}, { glimpseAt, threshold: 1.5 })).message).toContain(
      "stepStart:margin is at most 1",
    );
  });

  it("has a threshold below 0 where its values are, and no default where 1 is none of them", async () => {
    const glimpseAt = window(2);
    expect(refused(() => scriptedRouter({}, { glimpseAt })).message).toContain(
      "The values of window:2 lie between -744.440 and -2.996, so there is no default",
    );
    expect(refused(() => scriptedRouter({}, { glimpseAt, threshold: -2 })).message).toContain(
      "window:2 is at most -2.996, so nothing would go to large",
    );
    expect(
      refused(() => scriptedRouter({}, { glimpseAt: stepEnd("perplexity"), threshold: 0.5 }))
        .message,
    ).toContain("is at least 1, so all would go to large");
    const { router } = scriptedRouter({}, { glimpseAt, threshold: -30 });
    const record = recordOf(await router.invoke(CALLER));
    expect(record).toMatchObject({ threshold: -30 });
    expect(record.steps.map(({ route }) => route)).toContain("large");
    const rising = scriptedRouter({}, { glimpseAt: stepEnd(rise()), threshold: -0.1 }).router;
    expect(recordOf(await rising.invoke(CALLER)).threshold).toBe(-0.1);
  });

  it("by its name: what a record, a calibration or a command line holds", async () => {
    const routes = async (glimpseAt: GlimpsePoint) =>
      recordOf(
        await scriptedRouter({}, { glimpseAt, threshold: 0.5 }).router.invoke(CALLER),
      ).steps.map(({ decisions }) => decisions);
    const point = anyOf(firstTokens(2), stepEnd("maxEntropy"));
    expect(await routes(pointFromName(point.name))).toEqual(await routes(point));
  });

  it("that cuts inside a step is refused where large is prompted, before anything is paid for", async () => {
    const small = new ScriptedChatModel();
    const router = new GlimpRouterChatModel({
      small,
      large: new FakeListChatModel({ responses: ["never asked"] }),
      continuation: { small: "local", large: "ask" },
      glimpseAt: span({ after: "=", of: "number" }),
    });
    const error = await router.invoke(CALLER).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ reason: "invalid_option", role: "large" });
    expect((error as Error).message).toContain("stepStart, firstTokens");
    expect(small.opened).toEqual([]);
  });

  it.each([7, "stepStart", { name: "mine" }, null])("cannot be %j", (glimpseAt) => {
    const error = refused(() => scriptedRouter({}, { glimpseAt } as never));
    expect(error).toMatchObject({ reason: "invalid_option" });
    expect(error.message).toContain("`glimpseAt`");
  });
});

describe("routing of one call", () => {
  const routes = async (fields: object, options: object) => {
    const { router } = scriptedRouter({}, fields);
    const record = recordOf(await router.invoke(CALLER, options));
    return { routes: record.steps.map(({ route }) => route), threshold: record.threshold };
  };

  it("takes the place of the router's, which is as before for the next call", async () => {
    const all = { routes: ["large", "large", "large"], threshold: 0.1 };
    expect(await routes({}, { threshold: 0.1 })).toEqual(all);
    expect(await routes({}, { policy: always("small") })).toMatchObject({ threshold: null });
    expect(await routes({ policy: always("small") }, { threshold: 0.1 })).toEqual(all);
    expect(await routes({}, {})).toEqual({ routes: ["small", "large", "small"], threshold: 1 });
  });

  it("keeps the router's policy where it names a point only", async () => {
    const fields = { policy: always("large") };
    const { routes: who } = await routes(fields, { glimpseAt: firstTokens(2) });
    expect(who).toEqual(["large", "large", "large"]);
  });

  it("does not compare a value with a threshold in another unit", async () => {
    const glimpseAt = stepStart({ value: "margin" });
    await expect(routes({}, { glimpseAt })).rejects.toThrow(/are not in nats.*give `threshold`/);
    const inNats = { glimpseAt: firstTokens(2) };
    expect(await routes({ glimpseAt, threshold: 0.1 }, inNats)).toMatchObject({ threshold: 1 });
    expect(await routes({ threshold: 0.1 }, inNats)).toMatchObject({ threshold: 0.1 });
  });

  it("may go back to the step's first token, whatever the router's point is", async () => {
    const glimpseAt = stepEnd("maxEntropy");
    const { router } = scriptedRouter({}, { glimpseAt });
    const record = recordOf(await router.invoke(CALLER, { glimpseAt: stepStart() }));
    const points = record.steps.flatMap(({ decisions }) => decisions.map(({ point }) => point));
    expect(new Set(points)).toEqual(new Set(["stepStart"]));
    expect(record.steps.map(({ discarded }) => discarded)).toEqual([0, 0, 0]);
  });

  it("is checked like the router's", async () => {
    await expect(routes({}, { threshold: 9 })).rejects.toMatchObject({ reason: "invalid_option" });
    await expect(routes({}, { policy: "x" })).rejects.toMatchObject({ reason: "invalid_option" });
    await expect(routes({}, { glimpseAt: 1 })).rejects.toMatchObject({ reason: "invalid_option" });
  });

  it("may hand over for good: large is asked once for the rest", async () => {
    const { router } = scriptedRouter({}, { policy: once(above(1)) });
    const record = recordOf(await router.invoke(CALLER));
    expect(record.steps.map(({ route }) => route)).toEqual(["small", "large", "large"]);
    expect(record.requests).toEqual({ small: 1, large: 2 });
  });
});

describe("a policy that learns", () => {
  it("is told what it has learned when a reply is over, not when one failed", async () => {
    const settled: unknown[] = [];
    const policy = Object.assign(
      (_glimpse: object, { state }: { state?: unknown }) => ({
        route: "small" as const,
        state: Number(state ?? 0) + 1,
      }),
      { settle: (state: unknown) => settled.push(state) },
    );
    await scriptedRouter({}, { policy } as never).router.invoke(CALLER);
    expect(settled).toEqual([3]);
    const failing = scriptedRouter({ large: { failAt: 30 } }, { policy } as never).router;
    await expect(failing.invoke(CALLER)).rejects.toThrow();
    expect(settled).toEqual([3]);
  });

  it("is told so where a part of a point has it, as the router's own is", async () => {
    const tauOf = (policy: RoutePolicy) => {
      const glimpse = { point: "x", occasion: 0, value: 0 } as Glimpse;
      const { state } = policy(glimpse, { step: 1 } as RouteContext) as RouteDecision;
      return (state as { from: number }).from;
    };
    const learner = () => targetRate(0.25, { start: 1, gain: 0.1 });
    const [own, ofPart, inside, ofCall] = [learner(), learner(), learner(), learner()];
    const ways = [
      { policy: own },
      { glimpseAt: anyOf({ point: stepStart(), policy: ofPart }) },
      { glimpseAt: skipMarkup(anyOf(anyOf({ point: stepStart(), policy: not(not(inside)) }))) },
    ];
    for (const options of ways) {
      const { router } = scriptedRouter({}, options);
      await router.invoke(CALLER);
      await router.invoke(CALLER);
    }
    // As the router's own: with each of three steps, twice.
    expect(tauOf(own)).not.toBe(1);
    expect(tauOf(ofPart)).toBeCloseTo(tauOf(own), 12);
    expect(tauOf(inside)).toBeCloseTo(tauOf(own), 12);
    const { router } = scriptedRouter();
    await router.invoke(CALLER, { glimpseAt: anyOf({ point: firstTokens(2), policy: ofCall }) });
    expect(tauOf(ofCall)).not.toBe(1);
  });
});
