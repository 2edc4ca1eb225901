import { describe, expect, it } from "vitest";
import { asideCost } from "../../src/router/aside.js";
import { believed } from "../../src/router/count-written.js";
import type { Judge } from "../../src/router/judge-step.js";
import { addUsage, bookAside, NO_USAGE } from "../../src/router/spent.js";
import type { StepWriter, TokenUsage } from "../../src/router/step-writer.js";
import type { VerifyConfig } from "../../src/router/verification.js";
import * as pointed from "./pointed-script.js";
import { CONFIG, failure, type Run, run, runOver } from "./run-thought.js";
import { answer, CLOSE, closed, fused, probe, step, unstopped } from "./scripted-requests.js";
import { CUT, Script } from "./scripted-writer.js";
import { bare, chunk, end, HIGH, textless, token } from "./tokens.js";

function goneOnWith(script: Script): StepWriter {
  return { ...script.writers.large, resumption: { by: "text", retries: 2 } };
}

const VERIFY: VerifyConfig = {
  by: "test",
  threshold: 0.5,
  when: "always",
  onFailure: "accept",
  timeoutMs: 1000,
};

const doubtful: Judge = async ({ step }) => ({ value: step.includes("wrong") ? 0.9 : 0.1 });

const discarded = ({ record: { usage } }: Run) => [
  usage.small.discarded_tokens,
  usage.large.discarded_tokens,
];

describe("discarded tokens: generated for the text, and not in it", () => {
  it("none where small closes a thought of its own", async () => {
    const result = await run([
      fused("", [token("One."), token("\n\n"), token("Two."), ...CLOSE]),
      closed("One.\n\nTwo."),
    ]);
    expect(discarded(result)).toEqual([0, 0]);
  });

  it("nor where the stream ends by itself, EOS and all", async () => {
    const result = await run([
      fused("", [
        token("One."),
        textless("</s>"),
        end("eos", { input_tokens: 10, output_tokens: 2 }),
      ]),
      closed("One."),
    ]);
    expect(discarded(result)).toEqual([0, 0]);
    expect(result.record.usage.small.output_tokens).toBe(2);
  });

  it("what had come behind the closing tag", async () => {
    const result = await run([
      fused("", [token("One."), chunk(...CLOSE, token("\n\n"), token("4"))]),
      closed("One."),
    ]);
    expect(discarded(result)).toEqual([2, 0]);
  });

  it("the glimpsed token of a hand-off, and what had come with it", async () => {
    const result = await run([
      fused("", [token("One.\n\n"), chunk(token("A", HIGH), token(" b"))]),
      step("large", "One.\n\n", [bare("Two."), end("stop")]),
      fused("One.\n\nTwo.\n\n", CLOSE),
      closed("One.\n\nTwo.\n\n"),
    ]);
    expect(discarded(result)).toEqual([2, 0]);
    expect(result.record.steps[1]?.discarded).toBe(0);
  });

  it("a glimpse that was held as the beginning of a tag", async () => {
    const result = await run([
      fused("", [token("<th", HIGH), token("e", HIGH)]),
      step("large", "", [bare("Two."), end("stop")]),
      fused("Two.\n\n", CLOSE),
      closed("Two.\n\n"),
    ]);
    expect(discarded(result)).toEqual([2, 0]);
  });

  it("every probe's token; blanks and a tag that it brings are gone on from", async () => {
    const result = await run(
      [
        probe("", token("\n"), end("length")),
        probe("\n", token("One"), end("length")),
        step("small", "\n", [bare("One."), end("stop")]),
        probe("\nOne.\n\n", token("Two", HIGH), end("length")),
        step("large", "\nOne.\n\n", [bare("Two."), end("eos")]),
        closed("\nOne.\n\nTwo."),
      ],
      { config: { glimpse: "probe" } },
    );
    expect(discarded(result)).toEqual([2, 0]);
  });

  it("what a point cuts off a step", async () => {
    const result = await run(
      [
        pointed.fused("", [token("So"), token(" ="), token(" 5", HIGH)]),
        pointed.step("So =", [bare(" 4."), end("stop")]),
        pointed.fused("So = 4.\n\n", CLOSE),
        pointed.closed("So = 4.\n\n"),
      ],
      pointed.at(pointed.RESULT),
    );
    expect(discarded(result)).toEqual([1, 0]);
    expect(result.record.steps[0]?.discarded).toBe(1);
  });

  it("a step that a judge rejects, and what had come behind it", async () => {
    const items = [
      token("All"),
      token(" wrong"),
      chunk(token(".\n\n"), token("And"), token(" on")),
    ];
    const result = await run(
      [
        fused("", items),
        step("large", "", [bare("Right."), end("stop")]),
        fused("Right.\n\n", CLOSE),
        closed("Right.\n\n"),
      ],
      { config: { verify: VERIFY }, judge: doubtful },
    );
    expect(discarded(result)).toEqual([5, 0]);
    expect(result.record.steps[0]?.discarded).toBe(3);
  });

  it("the same where its request was over long ago", async () => {
    const usage = { input_tokens: 10, output_tokens: 4 };
    const result = await run(
      [
        probe("", token("All"), end("length")),
        step("small", "", [bare("All wrong."), end("stop", usage)]),
        step("large", "", [bare("Right."), end("eos")]),
        closed("Right."),
      ],
      { config: { verify: VERIFY, glimpse: "probe" }, judge: doubtful },
    );
    // The probe's, and the four of the step.
    expect(discarded(result)).toEqual([5, 0]);
    expect(result.record.steps[0]?.discarded).toBe(4);
  });

  it("large's, where a stop string came before its first word", async () => {
    const result = await run([
      fused("", [token("A", HIGH)]),
      step("large", "", [end("stop", { input_tokens: 10, output_tokens: 1 })]),
      unstopped("large", "", [bare("\n\n"), bare("So."), end("eos")]),
      closed("So."),
    ]);
    expect(discarded(result)).toEqual([1, 1]);
  });

  it("half a character at a limit", async () => {
    const usage = { input_tokens: 10, output_tokens: 3 };
    const cut = { ...end("length", usage), textless: 2 };
    const result = await run(
      [
        fused("", [token("A", HIGH)]),
        step("large", "", [bare("So"), bare(""), cut], 3),
        fused("So", [token(" it."), ...CLOSE]),
        closed("So it."),
      ],
      { config: { maxStepTokens: 3 } },
    );
    expect(discarded(result)).toEqual([1, 2]);
  });

  it("what an answer's stream had written behind its last whole text when it was cut", async () => {
    const usage = { input_tokens: 10, output_tokens: 3 };
    const writers = (script: Script) => ({
      small: script.writers.small,
      large: goneOnWith(script),
    });
    const script = new Script([
      fused("", [token("One."), ...CLOSE]),
      answer("large", "One.\n</think>\n\n", [bare("So"), bare("", usage), CUT]),
      answer("large", "One.\n</think>\n\nSo", [bare(" it."), end("eos")]),
    ]);
    const result = await runOver({ writers: writers(script), openings: script.openings }, CONFIG);
    script.check();
    expect(result.answer).toBe("So it.");
    expect(result.record.answer?.tokens).toBe(2);
    expect(result.record.usage.large).toMatchObject({ output_tokens: 4, discarded_tokens: 2 });
  });

  it("none of a reply that failed: what was handed out is the caller's", async () => {
    const error = await failure([
      fused("", CLOSE),
      answer("large", "\n</think>\n\n", [bare("4"), bare("2"), new Error("gone")]),
    ]);
    expect(error.state?.usage.large).toMatchObject({ output_tokens: 2, discarded_tokens: 0 });
  });
});

describe("cached tokens: what servers say they took from their caches", () => {
  const told = (cached_tokens: number): TokenUsage => ({
    input_tokens: 20,
    output_tokens: 2,
    cached_tokens,
  });

  it("are summed where they are told, and unknown where none was", async () => {
    const result = await run([
      fused("", [token("A", HIGH)]),
      step("large", "", [bare("So."), end("stop", told(4))]),
      fused("So.\n\n", CLOSE),
      answer("large", "So.\n\n</think>\n\n", [bare("42"), end("eos", told(16))]),
    ]);
    expect(result.record.usage.small.cached_tokens).toBeNull();
    expect(result.record.usage.large.cached_tokens).toBe(20);
  });

  it("count of a stream that is left, too, where running totals tell them", async () => {
    const left = { ...token("A", HIGH), usage: told(0) };
    const result = await run([
      fused("", [left]),
      step("large", "", [bare("So."), end("eos")]),
      closed("So."),
    ]);
    expect(result.record.usage.small.cached_tokens).toBe(0);
  });

  it("a stream that tells nothing adds nothing to the sum", () => {
    const sum = [{ ...NO_USAGE, cached_tokens: 7 }, NO_USAGE].reduce(addUsage, NO_USAGE);
    expect(sum.cached_tokens).toBe(7);
    expect(addUsage(NO_USAGE, NO_USAGE).cached_tokens).toBeNull();
  });

  it.each([21, -1, 1.5, Number.NaN, "7", null, undefined])("%s of 20 cannot be", (cached) => {
    expect(believed(told(cached as number)).cached_tokens).toBeNull();
  });

  it("nor can any of a prompt whose tokens nobody knows", () => {
    expect(believed({ ...told(4), input_tokens: Number.NaN }).cached_tokens).toBeNull();
  });
});

describe("what is asked beside the thought", () => {
  it("is booked apart, with who was asked; nothing of it is discarded", () => {
    const spent = {
      requests: { small: 1, large: 1 },
      usage: { small: NO_USAGE, large: NO_USAGE },
    };
    const estimate = { input_tokens: 16, output_tokens: 1 };
    const told = { input_tokens: 40, output_tokens: 1, cached_tokens: 32 };
    bookAside(spent, "verify", asideCost("large", told, estimate));
    bookAside(spent, "verify", asideCost("large", undefined, estimate));
    expect(spent).toEqual({
      requests: { small: 1, large: 1, verify: 2 },
      usage: {
        small: NO_USAGE,
        large: NO_USAGE,
        verify: {
          role: "large",
          input_tokens: 56,
          cached_tokens: 32,
          output_tokens: 2,
          discarded_tokens: 0,
          estimated: true,
        },
      },
    });
  });

  it("nonsense in its report is not believed", () => {
    const estimate = { input_tokens: 16, output_tokens: 1 };
    const nonsense = { input_tokens: -4, output_tokens: Number.NaN, cached_tokens: 3 };
    expect(asideCost("small", nonsense, estimate)).toEqual({
      role: "small",
      ...estimate,
      cached_tokens: null,
      estimated: true,
    });
  });
});
