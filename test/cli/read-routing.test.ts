import { describe, expect, it } from "vitest";
import { readRouting } from "../../src/cli/read-routing.js";
import { UsageError } from "../../src/cli/usage-error.js";
import { answerEntropy, closeMargin } from "../../src/index.js";

type Values = Parameters<typeof readRouting>[0];

describe("verification on the command line", () => {
  it.each<[Values, object]>([
    [{}, {}],
    [{ verify: "score", "verify-threshold": "0.5" }, { verify: { by: "score", threshold: 0.5 } }],
    [
      { verify: "self", "verify-threshold": "1", "verify-when": "doubtful" },
      { verify: { by: "self", threshold: 1, when: "doubtful" } },
    ],
    [
      { verify: "likelihood", "verify-threshold": "2.5" },
      { verify: { by: "likelihood", threshold: 2.5 } },
    ],
  ])("%j", (values, routing) => {
    expect(readRouting(values)).toEqual(routing);
  });

  it.each<[string, Values, RegExp]>([
    ["an unknown judge", { verify: "scor" }, /--verify must be score or self or likelihood/],
    ["no threshold", { verify: "score" }, /--verify needs --verify-threshold.*1 rejects nothing/],
    [
      "no number",
      { verify: "score", "verify-threshold": "high" },
      /--verify-threshold must be a number of doubt, 0 to 1, got "high"/,
    ],
    [
      "a number below 0",
      { verify: "likelihood", "verify-threshold": "-1" },
      /--verify-threshold must be a number of nats a token, got "-1"/,
    ],
    [
      "an unknown occasion",
      { verify: "self", "verify-threshold": "0", "verify-when": "often" },
      /--verify-when must be always or doubtful, got "often"/,
    ],
    [
      "a threshold alone",
      { "verify-threshold": "1" },
      /--verify-threshold says how.*--verify score/,
    ],
    ["an occasion alone", { "verify-when": "always" }, /--verify-when says how.*--verify score/],
  ])("%s is refused", (_what, values, reason) => {
    expect(() => readRouting(values)).toThrow(UsageError);
    expect(() => readRouting(values)).toThrow(reason);
  });
});

describe("early exit on the command line", () => {
  it.each<[Values, object]>([
    [{ "close-when": "closeMargin:2" }, { closeWhen: closeMargin(2) }],
    [{ "close-when": "answerEntropy:0.001" }, { closeWhen: answerEntropy({ delta: 0.001 }) }],
    [
      { "close-when": "answerEntropy:1e-3:every=2:alpha=0.5:warmUp=4" },
      { closeWhen: answerEntropy({ delta: 0.001, every: 2, alpha: 0.5, warmUp: 4 }) },
    ],
    [
      { "close-when": "answerEntropy:1:lead=Final answer%3A " },
      { closeWhen: answerEntropy({ delta: 1, lead: "Final answer: " }) },
    ],
    [
      { "close-when": "answerEntropy:1:lead=42" },
      { closeWhen: answerEntropy({ delta: 1, lead: "42" }) },
    ],
    [{ "min-thought-tokens": "200" }, { minThoughtTokens: 200 }],
  ])("%j", (values, routing) => {
    expect(readRouting(values)).toEqual(routing);
  });

  it.each<[string, string, RegExp]>([
    ["an unknown rule", "margin:1", /--close-when must be closeMargin:NATS or answerEntropy:DELTA/],
    ["none", "", /--close-when must be/],
    [
      "a margin that is none",
      "closeMargin:0",
      /--close-when: `margin` of closeMargin\(\) cannot be 0/,
    ],
    ["no margin", "closeMargin", /`margin` of closeMargin\(\)/],
    ["too much", "closeMargin:1:2", /--close-when must be/],
    ["no delta", "answerEntropy", /`delta` of answerEntropy\(\)/],
    ["a delta that is none", "answerEntropy:x", /`delta` of answerEntropy\(\) cannot be "x"/],
    ["a misspelt option", "answerEntropy:1:evry=2", /Did you mean `every`\?/],
    ["an option without a value", "answerEntropy:1:every", /options as name=value.*"every"/],
    ["a wrong option", "answerEntropy:1:every=0", /`every` of answerEntropy\(\) cannot be 0/],
    ["an inherited name", "answerEntropy:1:__proto__=0", /has no option `__proto__`/],
  ])("%s is refused", (_what, rule, reason) => {
    expect(() => readRouting({ "close-when": rule })).toThrow(UsageError);
    expect(() => readRouting({ "close-when": rule })).toThrow(reason);
  });

  it.each(["-1", "1.5", "few", ""])("%j tokens are refused", (text) => {
    expect(() => readRouting({ "min-thought-tokens": text })).toThrow(
      /--min-thought-tokens must be/,
    );
  });
});
