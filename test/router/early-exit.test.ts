import { describe, expect, it } from "vitest";
import { closeMargin } from "../../src/core/early-exit/close-margin.js";
import { firstTokens } from "../../src/core/points/first-tokens.js";
import { openers } from "../../src/core/points/openers.js";
import { stepEnd } from "../../src/core/points/step-end.js";
import { once } from "../../src/core/policies/once.js";
import type { RouteConfig } from "../../src/router/route-config.js";
import { failure, partsOf, run } from "./run-thought.js";
import { CLOSE, closed, fused, probe, step } from "./scripted-requests.js";
import { bare, end, HIGH, token } from "./tokens.js";

const EARLY = early({});

function early(config: Partial<RouteConfig>) {
  return { config: { closeWhen: closeMargin(1), ...config } };
}

/** A token beside which the closing tag is a candidate, so many nats behind it. */
function nearlyClosed(text: string, margin = 0.5, tag = "</think>") {
  const p = 1 / (1 + Math.exp(-margin));
  const top = [
    { token: text, logprob: Math.log(p) },
    { token: tag, logprob: Math.log(1 - p) },
  ];
  return { type: "text", text, tokens: [{ token: text, logprob: Math.log(p), top }] } as const;
}

describe("closeWhen: a thought that is done is closed at a boundary", () => {
  it("drops the glimpsed token, keeps the boundary, and asks for the answer", async () => {
    const result = await run(
      [fused("", [token("One."), token("\n\n"), nearlyClosed("Wait")]), closed("One.\n\n")],
      EARLY,
    );
    expect(result.thought).toBe("One.\n\n");
    expect(result.answer).toBe("42");
    expect(partsOf(result)).toEqual(["small 0.2 boundary"]);
    expect(result.record.stopReason).toBe("early-exit");
    expect(result.events).toContainEqual({ type: "thought-end", stopReason: "early-exit" });
    expect(result.record.usage.small.output_tokens).toBe(3);
    expect(result.state.thoughtTokens).toBe(2);
  });

  it("goes on where the tag is too far behind, or no candidate", async () => {
    const result = await run(
      [
        fused("", [
          token("One.\n\n"),
          nearlyClosed("Two", 1.01),
          token(".\n\n"),
          token("Three"),
          ...CLOSE,
        ]),
        closed("One.\n\nTwo.\n\nThree"),
      ],
      EARLY,
    );
    expect(result.record.stopReason).toBe("closed");
    expect(result.record.steps).toHaveLength(3);
  });

  it("never in the middle of a step, and never before the first", async () => {
    const result = await run(
      [
        fused("", [nearlyClosed("One"), nearlyClosed(" and"), token(" two"), ...CLOSE]),
        closed("One and two"),
      ],
      EARLY,
    );
    expect(result.record.stopReason).toBe("closed");
  });

  it("not before `minThoughtTokens`", async () => {
    const items = [token("One.\n\n"), nearlyClosed("Two"), token(".\n\n"), nearlyClosed("Three")];
    const result = await run(
      [fused("", items), closed("One.\n\nTwo.\n\n")],
      early({ minThoughtTokens: 3 }),
    );
    expect(result.record.stopReason).toBe("early-exit");
    expect(result.record.steps.map(({ tokens }) => tokens)).toEqual([1, 2]);
  });

  it("before the policy: what is done is not handed over", async () => {
    const handed = await run(
      [
        fused("", [token("One", HIGH)]),
        step("large", "", [bare("By large."), end("stop")]),
        fused("By large.\n\n", [nearlyClosed("Hard", 0.1)]),
        closed("By large.\n\n"),
      ],
      early({ policy: () => "large" as const }),
    );
    expect(partsOf(handed)).toEqual(["large 1.8 boundary"]);
    expect(handed.record).toMatchObject({
      stopReason: "early-exit",
      requests: { small: 2, large: 2 },
    });
  });

  it("small that closes it itself has closed it", async () => {
    const items = [token("One.\n\n"), nearlyClosed("</think>", 0.1, "Wait")];
    const result = await run([fused("", items), closed("One.\n\n")], EARLY);
    expect(result.record.stopReason).toBe("closed");
  });

  it("by a probe, too: its token is all that is paid", async () => {
    const result = await run(
      [
        probe("", token("One"), end("length")),
        step("small", "", [bare("One."), end("stop")]),
        probe("One.\n\n", nearlyClosed("Wait"), end("length")),
        closed("One.\n\n"),
      ],
      early({ glimpse: "probe" }),
    );
    expect(result).toMatchObject({
      record: { stopReason: "early-exit", requests: { small: 3, large: 1 } },
    });
  });

  it("a glimpse without candidates is an error, not a no", async () => {
    const error = await failure([fused("", [token("One.\n\n"), bare("Two")])], EARLY);
    expect(error.cause).toMatchObject({ reason: "no_logprobs" });
  });

  it("with large for good there is no glimpse any more, and the thought ends as it does", async () => {
    const result = await run(
      [
        fused("", [token("Hard", HIGH)]),
        {
          role: "large",
          thought: "",
          how: { topLogprobs: 0 },
          items: [bare("One.\n\n"), bare("Two."), bare("</think>")],
        },
        closed("One.\n\nTwo."),
      ],
      early({ policy: once(() => "large") }),
    );
    expect(result.record.stopReason).toBe("closed");
  });
});

describe("closeWhen under points", () => {
  it.each([
    ["one that looks at the first tokens", firstTokens(2)],
    ["one that looks at words alone", openers(["Wait"])],
    ["one that looks at whole steps", stepEnd("meanEntropy")],
  ])("%s", async (_name, point) => {
    const glimpseAt = { delimiter: "\n\n", openTag: "<think>", firstWanted: false };
    const items = [token("One"), token(" more"), token(".\n\n"), nearlyClosed("Two")];
    const how = { topLogprobs: 8, glimpseAt };
    const result = await run(
      [{ role: "small", thought: "", how, items }, closed("One more.\n\n")],
      early({ point }),
    );
    expect(result.record.stopReason).toBe("early-exit");
    expect(result.record.steps).toHaveLength(1);
  });
});

it("what is held as the beginning of an opening tag does not hide the glimpse", async () => {
  const items = [token("One.\n\n"), nearlyClosed("<"), token("b>")];
  const result = await run([fused("", items), closed("One.\n\n")], EARLY);
  expect(result.thought).toBe("One.\n\n");
  expect(result.record.stopReason).toBe("early-exit");
});
