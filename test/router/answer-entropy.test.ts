import { describe, expect, it } from "vitest";
import {
  type AnswerEntropyOptions,
  answerEntropy,
} from "../../src/core/early-exit/answer-entropy.js";
import { firstTokens } from "../../src/core/points/first-tokens.js";
import { once } from "../../src/core/policies/once.js";
import type { RouteConfig } from "../../src/router/route-config.js";
import { routeThought } from "../../src/router/route-thought.js";
import type { VerifyConfig } from "../../src/router/verification.js";
import { answerWatcher } from "../../src/router/watch-answer.js";
import { CONFIG, partsOf, run } from "./run-thought.js";
import { CLOSE, closed, fused, probe, step } from "./scripted-requests.js";
import { CUT, Script, type ScriptedRequest, type ScriptItem, SILENCE } from "./scripted-writer.js";
import { bare, chunk, end, HIGH, textless, token } from "./tokens.js";

/** Two equal entropies are enough. */
function early(rule: Partial<AnswerEntropyOptions> = {}, config: Partial<RouteConfig> = {}) {
  const closeWhen = answerEntropy({ delta: 0.01, warmUp: 2, timeoutMs: 20, ...rule });
  return { config: { closeWhen, ...config } };
}

/** Small is asked how sure it is of the answer: one token behind the closed thought, thrown away. */
function watch(thought: string, ...items: readonly ScriptItem[]): ScriptedRequest {
  return { ...probe(`${thought}</think>\n\n`, ...items) };
}

const sure = (entropy: number, ...usage: readonly [number, number] | readonly []): ScriptItem[] => {
  const [input_tokens, output_tokens] = usage;
  return [
    token("So", entropy),
    input_tokens === undefined || output_tokens === undefined
      ? end("length")
      : end("length", { input_tokens, output_tokens }),
  ];
};

describe("closeWhen: answerEntropy asks small for one token behind the closed thought", () => {
  it("closes where the entropies' variance is below delta; small's stream stays open meanwhile", async () => {
    const result = await run(
      [
        fused("", [token("One.\n\n"), token("Two.\n\n"), token("Three"), token(".\n\n")]),
        watch("One.\n\n", ...sure(1.5, 30, 1)),
        watch("One.\n\nTwo.\n\n", ...sure(0.5, 31, 1)),
        watch("One.\n\nTwo.\n\nThree.\n\n", ...sure(0.5, 32, 1)),
        closed("One.\n\nTwo.\n\nThree.\n\n"),
      ],
      early({ alpha: 0.9, warmUp: 3 }),
    );
    expect(result.thought).toBe("One.\n\nTwo.\n\nThree.\n\n");
    expect(result.answer).toBe("42");
    expect(result.record).toMatchObject({
      stopReason: "early-exit",
      requests: { small: 1, large: 1, watch: 3 },
      usage: { watch: { input_tokens: 93, output_tokens: 3, estimated: false } },
    });
    expect(result.record.watched).toEqual([
      { step: 1, entropy: expect.closeTo(1.5), variance: 0, ms: 1 },
      { step: 2, entropy: expect.closeTo(0.5), variance: expect.closeTo(0.009), ms: 1 },
      { step: 3, entropy: expect.closeTo(0.5), variance: expect.closeTo(0.00099), ms: 1 },
    ]);
    const told = result.events.filter(({ type }) => type === "answer-watched");
    expect(told).toEqual(
      result.record.watched?.map((record) => ({ type: "answer-watched", record })),
    );
  });

  it("what had come behind the boundary is read when the thought goes on, and dropped when it is closed", async () => {
    const result = await run(
      [
        fused("", [
          chunk(token("One.\n\n"), token("Two"), token(".\n\n"), token("Three"), token(" x")),
        ]),
        watch("One.\n\n", ...sure(0.5)),
        watch("One.\n\nTwo.\n\n", ...sure(0.5)),
        closed("One.\n\nTwo.\n\n"),
      ],
      early(),
    );
    expect(partsOf(result)).toEqual(["small 0.2 boundary", "small 0.2 boundary"]);
    expect(result.state.thoughtTokens).toBe(3);
    // Five tokens were paid for.
    expect(result.record.usage.small.output_tokens).toBe(5);
  });

  it("a glimpse behind the boundary keeps its candidates: high, it hands over", async () => {
    const result = await run(
      [
        fused("", [chunk(token("One.\n\n"), textless("", HIGH)), token("🎉")]),
        watch("One.\n\n", ...sure(1)),
        step("large", "One.\n\n", [bare("By large."), end("stop")]),
        watch("One.\n\nBy large.\n\n", ...sure(1)),
        closed("One.\n\nBy large.\n\n"),
      ],
      early(),
    );
    expect(partsOf(result)).toEqual(["small 0.2 boundary", "large 1.8 boundary"]);
  });

  it("goes on where the answer does not settle, and small closes it", async () => {
    const result = await run(
      [
        fused("", [token("One.\n\n"), token("Two.\n\n"), ...CLOSE]),
        watch("One.\n\n", ...sure(1.5)),
        watch("One.\n\nTwo.\n\n", ...sure(0.1)),
        closed("One.\n\nTwo.\n\n"),
      ],
      early(),
    );
    expect(result.record.stopReason).toBe("closed");
    expect(result.record.requests).toEqual({ small: 1, large: 1, watch: 2 });
  });

  it("`every`: at every so-many-th boundary, whoever wrote the steps", async () => {
    const result = await run(
      [
        fused("", [token("One.\n\n"), token("Hard", HIGH)]),
        step("large", "One.\n\n", [bare("Two."), end("stop")]),
        watch("One.\n\nTwo.\n\n", ...sure(1)),
        fused("One.\n\nTwo.\n\n", [token("Three.\n\n"), token("Four.\n\n")]),
        watch("One.\n\nTwo.\n\nThree.\n\nFour.\n\n", ...sure(1)),
        closed("One.\n\nTwo.\n\nThree.\n\nFour.\n\n"),
      ],
      early({ every: 2 }),
    );
    expect(result.record.watched?.map((each) => each.step)).toEqual([2, 4]);
    expect(result.record.stopReason).toBe("early-exit");
  });

  it("`lead`: behind what answers begin with", async () => {
    const asked = "One.\n\n</think>\n\nFinal answer: ";
    const result = await run(
      [fused("", [token("One.\n\n")]), probe(asked, ...sure(1)), closed("One.\n\n")],
      early({ lead: "Final answer: ", warmUp: 1 }),
    );
    expect(result.record.stopReason).toBe("early-exit");
  });

  it("not before `minThoughtTokens`; small is asked from the first boundary on", async () => {
    const result = await run(
      [
        fused("", [token("One.\n\n"), token("Two.\n\n"), token("Three.\n\n")]),
        watch("One.\n\n", ...sure(1)),
        watch("One.\n\nTwo.\n\n", ...sure(1)),
        watch("One.\n\nTwo.\n\nThree.\n\n", ...sure(1)),
        closed("One.\n\nTwo.\n\nThree.\n\n"),
      ],
      early({}, { minThoughtTokens: 3 }),
    );
    expect(result.record.stopReason).toBe("early-exit");
  });

  it("EOS as the answer's first token has an entropy like any other", async () => {
    const result = await run(
      [
        fused("", [token("One.\n\n")]),
        watch("One.\n\n", textless("</s>", 0.5), end("eos")),
        closed("One.\n\n"),
      ],
      early({ warmUp: 1 }),
    );
    expect(result.record.watched).toMatchObject([{ entropy: expect.closeTo(0.5) }]);
  });
});

describe("answerEntropy whoever writes, and however small is glimpsed", () => {
  it("with probes: no stream is open when small is asked", async () => {
    const result = await run(
      [
        probe("", token("One"), end("length")),
        step("small", "", [bare("One."), end("stop")]),
        watch("One.\n\n", ...sure(1)),
        closed("One.\n\n"),
      ],
      early({ warmUp: 1 }, { glimpse: "probe" }),
    );
    expect(result.record.requests).toEqual({ small: 2, large: 1, watch: 1 });
  });

  it("small watches a thought whose rest large writes in one stream, which is left where it is closed", async () => {
    const result = await run(
      [
        fused("", [token("Hard", HIGH)]),
        {
          role: "large",
          thought: "",
          how: { topLogprobs: 0 },
          items: [bare("One.\n\n"), bare("Two.\n\n")],
        },
        watch("One.\n\n", ...sure(1)),
        watch("One.\n\nTwo.\n\n", ...sure(1)),
        closed("One.\n\nTwo.\n\n"),
      ],
      early({}, { policy: once(() => "large") }),
    );
    expect(result.record).toMatchObject({
      stopReason: "early-exit",
      requests: { small: 1, large: 2, watch: 2 },
    });
  });

  it("at a point that looks at several tokens", async () => {
    const glimpseAt = { delimiter: "\n\n", openTag: "<think>", firstWanted: false };
    const items = [token("One"), token(" more"), token(".\n\n")];
    const result = await run(
      [
        { role: "small", thought: "", how: { topLogprobs: 8, glimpseAt }, items },
        watch("One more.\n\n", ...sure(1)),
        closed("One more.\n\n"),
      ],
      early({ warmUp: 1 }, { point: firstTokens(2) }),
    );
    expect(result.record.stopReason).toBe("early-exit");
  });

  it("beside a judge: a step is watched when it is accepted, and when large has written it", async () => {
    const verify: VerifyConfig = {
      by: "test",
      threshold: 0.5,
      when: "always",
      onFailure: "accept",
      timeoutMs: 1000,
    };
    const result = await run(
      [
        fused("", [chunk(token("Right.\n\n"), token("Wrong.\n\n"))]),
        watch("Right.\n\n", ...sure(1)),
        step("large", "Right.\n\n", [bare("Mended."), end("stop")]),
        watch("Right.\n\nMended.\n\n", ...sure(1)),
        closed("Right.\n\nMended.\n\n"),
      ],
      {
        ...early({}, { verify }),
        judge: async ({ step }) => ({ value: step.startsWith("Wrong") ? 1 : 0 }),
      },
    );
    expect(result.record.watched?.map(({ step }) => step)).toEqual([1, 2]);
    expect(result.record.steps.map(({ verified }) => verified?.accepted)).toEqual([true, false]);
  });

  it("a server that writes on over its limit meanwhile: the rest is read, and the limit holds", async () => {
    const result = await run(
      [
        fused("", [chunk(token("One.\n\n"), token("Two"), token(" three"))], 2),
        watch("One.\n\n", ...sure(1)),
        closed("One.\n\nTwo"),
      ],
      early({}, { maxThoughtTokens: 2 }),
    );
    expect(result.record.stopReason).toBe("budget");
    expect(result.thought).toBe("One.\n\nTwo");
  });

  it("where a limit ends the thought, nobody is asked", async () => {
    const result = await run(
      [fused("", [token("One.\n\n")]), closed("One.\n\n")],
      early({ warmUp: 1 }, { maxSteps: 1 }),
    );
    expect(result.record.stopReason).toBe("steps");
    expect(result.record.watched).toBeUndefined();
  });
});

describe("a watcher that is of no use", () => {
  const FAILURES: readonly (readonly [string, readonly ScriptItem[], string])[] = [
    ["fails", [new Error("no such server")], "no such server"],
    [
      "lists no candidates",
      [bare("So"), end("length")],
      "no candidates for the answer's first token",
    ],
    ["says nothing", [end("eos")], "no candidates for the answer's first token"],
    ["is cut", [CUT], "no candidates for the answer's first token"],
    ["hangs", [SILENCE], "no token within 20 ms"],
  ];

  it.each(FAILURES)("one that %s: ignored, and marked", async (_name, items, failed) => {
    const result = await run(
      [
        fused("", [token("One.\n\n"), token("Two.\n\n"), token("Three.\n\n")]),
        watch("One.\n\n", ...sure(1)),
        watch("One.\n\nTwo.\n\n", ...items),
        watch("One.\n\nTwo.\n\nThree.\n\n", ...sure(1)),
        closed("One.\n\nTwo.\n\nThree.\n\n"),
      ],
      early(),
    );
    expect(result.record.watched).toMatchObject([
      { step: 1, variance: 0 },
      { step: 2, entropy: null, variance: null, failed },
      { step: 3, variance: expect.closeTo(0) },
    ]);
    expect(result.record.stopReason).toBe("early-exit");
  });

  it("a failure closes nothing, also where the entropies before it had settled", async () => {
    const result = await run(
      [
        fused("", [token("One.\n\n"), token("Two.\n\n"), ...CLOSE]),
        watch("One.\n\n", ...sure(1)),
        watch("One.\n\nTwo.\n\n", end("eos")),
        closed("One.\n\nTwo.\n\n"),
      ],
      early({ warmUp: 1 }, { minThoughtTokens: 2 }),
    );
    expect(result.record.stopReason).toBe("closed");
  });

  it("after three failures in a row it is not asked any more", async () => {
    const steps = ["a.\n\n", "b.\n\n", "c.\n\n", "d.\n\n", "e.\n\n"];
    const upTo = (end: number) => steps.slice(0, end).join("");
    const result = await run(
      [
        fused("", [...steps.map((text) => token(text)), ...CLOSE]),
        ...[1, 2, 3].map((each) => watch(upTo(each), end("eos"))),
        closed(upTo(5)),
      ],
      early(),
    );
    expect(result.record.watched).toHaveLength(3);
    expect(result.record.requests).toEqual({ small: 1, large: 1 });
  });
});

it("an abort while small is asked ends the reply at once, and both its streams", async () => {
  const script = new Script([fused("", [token("One.\n\n")]), watch("One.\n\n", SILENCE)]);
  const controller = new AbortController();
  const reason = new Error("the caller left");
  const { config } = early({ timeoutMs: 60_000 });
  const watcher = answerWatcher({
    writer: script.writers.small,
    opening: script.openings.small,
    topLogprobs: CONFIG.topLogprobs,
  });
  const loop = routeThought({
    config: { ...CONFIG, ...config },
    writers: script.writers,
    openings: script.openings,
    watcher,
    signal: controller.signal,
    now: () => 0,
  });
  const reading = (async () => {
    for await (const event of loop)
      if (event.type === "step-end") setTimeout(() => controller.abort(reason));
  })();
  const error = await reading.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ cause: reason, state: { thought: "One.\n\n", stream: null } });
  script.check();
});
