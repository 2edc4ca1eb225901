import { describe, expect, it } from "vitest";
import { span } from "../../src/core/points/span.js";
import { once } from "../../src/core/policies/once.js";
import type { Judge, StepToJudge } from "../../src/router/judge-step.js";
import type { RouteConfig } from "../../src/router/route-config.js";
import type { VerifyConfig } from "../../src/router/verification.js";
import { partsOf, type Run, run } from "./run-thought.js";
import { CLOSE, closed, fused, probe, step } from "./scripted-requests.js";
import { bare, chunk, end, HIGH, LOW, textless, token } from "./tokens.js";

const VERIFY: VerifyConfig = {
  by: "test",
  threshold: 0.5,
  when: "always",
  onFailure: "accept",
  timeoutMs: 1000,
};

function verified(
  judge: Judge,
  config: Partial<RouteConfig> = {},
  verify: Partial<VerifyConfig> = {},
) {
  return { judge, config: { verify: { ...VERIFY, ...verify }, ...config } };
}

/** Doubts the steps that have one of the words. */
function doubting(...words: readonly string[]) {
  const seen: StepToJudge[] = [];
  const judge: Judge = async (asked) => {
    seen.push(asked);
    return { value: words.some((word) => asked.step.includes(word)) ? 0.9 : 0.1 };
  };
  return { judge, seen };
}

const texts = ({ events }: Run) =>
  events.flatMap((event) => (event.type === "text-delta" ? [`${event.route}: ${event.text}`] : []));

const verdicts = ({ record }: Run) =>
  record.steps.map(({ verified: said }) => said && `${said.value} ${said.accepted}`);

describe("a judge of the steps that small has written", () => {
  it("sees each whole step, and what was thought before it; accepted steps go out whole", async () => {
    const { judge, seen } = doubting();
    const result = await run(
      [
        fused("", [token("One"), token(" more"), token(".\n\n"), token("Two"), ...CLOSE]),
        closed("One more.\n\nTwo"),
      ],
      verified(judge),
    );
    // By the loop, and once more by the other driver.
    expect(seen.slice(0, 2)).toEqual([
      { thought: "", step: "One more.\n\n", tokens: 3 },
      { thought: "One more.\n\n", step: "Two", tokens: 5 },
    ]);
    expect(texts(result).slice(0, 2)).toEqual(["small: One more.\n\n", "small: Two"]);
    expect(verdicts(result)).toEqual(["0.1 true", "0.1 true"]);
    expect(result.record).toMatchObject({ stopReason: "closed", requests: { small: 1, large: 1 } });
  });

  it("rejects one: small's stream is left, nothing of it was handed out, and large writes it", async () => {
    const { judge } = doubting("wrong");
    const result = await run(
      [
        fused("", [token("Right.\n\n"), token("\nAll"), token(" wrong"), token(".\n\n")]),
        step("large", "Right.\n\n\n", [
          bare("By large."),
          end("stop", { input_tokens: 1, output_tokens: 3 }),
        ]),
        fused("Right.\n\n\nBy large.\n\n", CLOSE),
        closed("Right.\n\n\nBy large.\n\n"),
      ],
      verified(judge),
    );
    expect(texts(result).join("|")).not.toContain("wrong");
    expect(partsOf(result)).toEqual(["small 0.2 boundary", "large 0.2 boundary"]);
    expect(result.record.steps[1]).toMatchObject({
      route: "large",
      discarded: 3,
      verified: { by: "test", value: 0.9, accepted: false },
    });
    expect(result.events).toContainEqual(expect.objectContaining({ type: "step-judged", step: 2 }));
    expect(result.record.requests).toEqual({ small: 2, large: 2 });
    expect(result.state.handoffs).toBe(1);
  });

  it("what had come behind the step is read when it is accepted, glimpse and all", async () => {
    const { judge } = doubting();
    const result = await run(
      [
        fused("", [
          chunk(token("One.\n\n"), token("Two"), token(".\n\n"), token("Hard", HIGH), token(" x")),
        ]),
        step("large", "One.\n\nTwo.\n\n", [bare("Three."), end("stop")]),
        fused("One.\n\nTwo.\n\nThree.\n\n", CLOSE),
        closed("One.\n\nTwo.\n\nThree.\n\n"),
      ],
      verified(judge),
    );
    expect(partsOf(result)).toEqual([
      "small 0.2 boundary",
      "small 0.2 boundary",
      "large 1.8 boundary",
    ]);
    expect(verdicts(result)).toEqual(["0.1 true", "0.1 true", undefined]);
  });

  it("a glimpse whose first byte came with the step before keeps its candidates", async () => {
    const { judge } = doubting();
    const result = await run(
      [
        fused("", [chunk(token("One.\n\n"), textless("", HIGH)), token("🎉")]),
        step("large", "One.\n\n", [bare("By large."), end("stop")]),
        fused("One.\n\nBy large.\n\n", CLOSE),
        closed("One.\n\nBy large.\n\n"),
      ],
      verified(judge),
    );
    expect(partsOf(result)).toEqual(["small 0.2 boundary", "large 1.8 boundary"]);
  });

  it("a boundary inside a token: the step behind it is read when it is accepted", async () => {
    const { judge } = doubting();
    const result = await run(
      [
        fused("", [token("One"), token(".\n\nTwo", HIGH)]),
        step("large", "One.\n\n", [bare("By large."), end("stop")]),
        fused("One.\n\nBy large.\n\n", CLOSE),
        closed("One.\n\nBy large.\n\n"),
      ],
      verified(judge),
    );
    expect(partsOf(result)).toEqual(["small 0.2 boundary", "large 1.8 boundary"]);
  });

  it.each([
    ["the closing tag", [token("Wrong"), ...CLOSE]],
    ["EOS", [token("Wrong"), textless("</s>"), end("eos")]],
  ])("a step that ends the thought by %s does not, where it is rejected", async (_name, items) => {
    const { judge } = doubting("Wrong");
    const result = await run(
      [
        fused("", items),
        step("large", "", [bare("Right."), end("stop")]),
        fused("Right.\n\n", CLOSE),
        closed("Right.\n\n"),
      ],
      verified(judge),
    );
    expect(result.thought).toBe("Right.\n\n");
    expect(result.record.stopReason).toBe("closed");
  });

  it("every step rejected: the text is large's", async () => {
    const result = await run(
      [
        fused("", [token("a.\n\n")]),
        step("large", "", [bare("One."), end("stop")]),
        fused("One.\n\n", [token("b.\n\n")]),
        step("large", "One.\n\n", [bare("Two.</think>")]),
        closed("One.\n\nTwo."),
      ],
      verified(async () => ({ value: 1 })),
    );
    expect(result.thought).toBe("One.\n\nTwo.");
    expect(result.record.largeShare).toBe(1);
  });

  it("steps by large are not judged, nor one that a limit has cut", async () => {
    const { judge, seen } = doubting("cut");
    const result = await run(
      [
        fused("", [token("Hard", HIGH)]),
        step("large", "", [bare("By large."), end("stop")]),
        fused("By large.\n\n", [token("cut"), end("length")]),
        closed("By large.\n\ncut"),
      ],
      verified(judge, { maxThoughtTokens: 99 }),
    );
    expect(seen).toEqual([]);
    expect(result.record.steps).toHaveLength(2);
  });

  it("with probes: the step is a request of its own, and over when it is judged", async () => {
    const { judge } = doubting("wrong");
    const usage = { input_tokens: 1, output_tokens: 2 };
    const result = await run(
      [
        probe("", token("All"), end("length")),
        step("small", "", [bare("All wrong."), end("stop", usage)]),
        step("large", "", [bare("Right."), end("stop", usage)]),
        probe("Right.\n\n", token("</think>"), end("length")),
        step("small", "Right.\n\n", [bare("</think>"), end("stop")].slice(0, 1)),
        closed("Right.\n\n"),
      ],
      verified(judge, { glimpse: "probe" }),
    );
    expect(result.record.steps[0]).toMatchObject({ route: "large", discarded: 2 });
  });

  it("past `maxHoldTokens` the step goes out, and is not judged", async () => {
    const { judge, seen } = doubting("a");
    const result = await run(
      [fused("", [token("a"), token(" b"), token(" c"), token(" d"), ...CLOSE]), closed("a b c d")],
      verified(judge, { maxHoldTokens: 2 }),
    );
    expect(seen).toEqual([]);
    expect(texts(result)).toEqual(["small: a b c", "small:  d"]);
  });
});

describe("when: doubtful", () => {
  it("where the policy would hand over, small finishes the step and is judged", async () => {
    const { judge, seen } = doubting("Wrong");
    const result = await run(
      [
        fused("", [
          token("Easy.\n\n"),
          token("Hard", HIGH),
          token(" one.\n\n"),
          token("Wrong", HIGH),
          token(".\n\n"),
        ]),
        step("large", "Easy.\n\nHard one.\n\n", [bare("Right."), end("stop")]),
        fused("Easy.\n\nHard one.\n\nRight.\n\n", CLOSE),
        closed("Easy.\n\nHard one.\n\nRight.\n\n"),
      ],
      verified(judge, {}, { when: "doubtful" }),
    );
    const judged = seen.map(({ step: text }) => text);
    expect(judged.slice(0, 2)).toEqual(["Hard one.\n\n", "Wrong.\n\n"]);
    expect(verdicts(result)).toEqual([undefined, "0.1 true", "0.9 false"]);
    expect(texts(result)[0]).toBe("small: Easy.\n\n");
    expect(result.record.steps[2]?.decisions[0]?.route).toBe("small");
  });

  it("at a point inside a step: from the doubt on it is held back, and cut there", async () => {
    const { judge } = doubting("5");
    const result = await run(
      [
        {
          ...fused("", [
            token("So"),
            token(" 2+2"),
            token(" ="),
            token(" 5", HIGH),
            token(".\n\n"),
          ]),
          how: {
            topLogprobs: 8,
            glimpseAt: { delimiter: "\n\n", openTag: "<think>", firstWanted: false },
          },
        },
        step("large", "So 2+2 =", [bare(" 4."), end("stop")]),
        {
          ...fused("So 2+2 = 4.\n\n", CLOSE),
          how: {
            topLogprobs: 8,
            glimpseAt: { delimiter: "\n\n", openTag: "<think>", firstWanted: false },
          },
        },
        closed("So 2+2 = 4.\n\n"),
      ],
      verified(judge, { point: span({ after: "=", of: "number" }) }, { when: "doubtful" }),
    );
    expect(texts(result)).not.toContain("small:  5");
    expect(partsOf(result)).toEqual(["small - handoff", "large - boundary"]);
    expect(result.record.steps[0]).toMatchObject({ discarded: 2 });
  });

  it("a hand-over for good is one when the step is rejected, and none when it is not", async () => {
    const { judge } = doubting("Wrong");
    const rest = { role: "large", thought: "Fine.\n\n", how: { topLogprobs: 0 } } as const;
    const result = await run(
      [
        fused("", [token("Fine", HIGH), token(".\n\n"), token("Wrong", HIGH), token(".\n\n")]),
        { ...rest, items: [bare("A.\n\n"), bare("B."), bare("</think>")] },
        closed("Fine.\n\nA.\n\nB."),
      ],
      verified(
        judge,
        { policy: once(({ entropy }) => (entropy > 1 ? "large" : "small")) },
        { when: "doubtful" },
      ),
    );
    expect(result.record.steps.map(({ route }) => route)).toEqual(["small", "large", "large"]);
  });
});

describe("a judge that is of no use", () => {
  const late: Judge = (_asked, signal) =>
    new Promise((_resolve, reject) =>
      signal.addEventListener("abort", () => reject(signal.reason)),
    );
  const JUDGES: readonly (readonly [string, Judge, string])[] = [
    ["fails", () => Promise.reject(new Error("no such server")), "no such server"],
    [
      "throws",
      () => {
        throw new Error("a bug");
      },
      "a bug",
    ],
    ["says NaN", async () => ({ value: Number.NaN }), "not a number: NaN"],
    ["says nothing of the kind", async () => ({ value: "7" as never }), "not a number: 7"],
    ["hangs", late, "no judgement within 20 ms"],
  ];

  it.each(JUDGES)(
    "one that %s: the step is accepted, and the record says why",
    async (_name, judge, why) => {
      const result = await run(
        [fused("", [token("One", LOW), ...CLOSE]), closed("One")],
        verified(judge, {}, { timeoutMs: 20 }),
      );
      expect(result.record.steps[0]?.verified).toMatchObject({
        value: null,
        accepted: true,
        failed: why,
      });
      expect(result.thought).toBe("One");
    },
  );

  it.each(JUDGES)(
    'one that %s, with `onVerifyFailure: "large"`: large writes it',
    async (_name, judge) => {
      const result = await run(
        [
          fused("", [token("One.\n\n", LOW)]),
          step("large", "", [bare("By large."), bare("</think>")]),
          closed("By large."),
        ],
        verified(judge, {}, { timeoutMs: 20, onFailure: "large" }),
      );
      expect(result.record.steps[0]?.verified).toMatchObject({ value: null, accepted: false });
    },
  );
});
