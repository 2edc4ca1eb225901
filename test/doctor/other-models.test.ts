import { fakeModel } from "@langchain/core/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { diagnose } from "../../src/doctor/diagnose.js";
import type { DoctorReport } from "../../src/doctor/report.js";
import { GlimpRouterChatModel } from "../../src/index.js";
import { type EmbeddedPair, embeddedPair } from "../../src/local/embedded-pair.js";
import type { ThoughtPrompt } from "../../src/prompt/thought-prompt.js";
import { STEP_WRITER, type StepWriter } from "../../src/router/step-writer.js";
import { checkOf, failedChecks, warnedChecks } from "./doctor-setup.js";

describe("models in this process", () => {
  let pair: EmbeddedPair;
  let report: DoctorReport;
  beforeAll(async () => {
    pair = await embeddedPair();
    report = await diagnose(pair);
  }, 60_000);
  afterAll(() => pair.dispose());

  it("are checked through the port", () => {
    expect(failedChecks(report)).toEqual([]);
    expect(warnedChecks(report)).toEqual([]);
    expect(report.small).toMatchObject({
      name: "glimp-small",
      address: null,
      continuation: "local",
    });
    expect(checkOf(report, "small", "candidates").seen).toBe("20, as asked for");
    expect(checkOf(report, "small", "context-size").seen).toBe("512 tokens");
    expect(checkOf(report, "small", "continues").seen).toMatch(
      /^with ".+" \(a fresh turn begins with ".+"; \d+ more tokens of prompt were read\)$/,
    );
    expect(checkOf(report, "large", "stop").status).toBe("ok");
    expect(checkOf(report, "large", "abort").seen).toMatch(
      /^the stream ends \d+ ms after its abort$/,
    );
    expect(checkOf(report, "small", "raw-log-probs").status).toBe("skipped");
  });

  it("are no server: those checks have no object, and say so", () => {
    const skippedOnes = report.small.checks.filter(({ status }) => status === "skipped");
    expect(skippedOnes.map(({ id }) => id)).toEqual([
      "version",
      "closed-thought",
      "reasoning-parser",
      "speculation",
      "raw-log-probs",
      "priority",
    ]);
    expect(skippedOnes.every(({ blockedBy }) => blockedBy === null)).toBe(true);
  });

  it("leave nothing behind: the pair routes as before", async () => {
    expect(report.options?.contextSize).toEqual({ small: 512, large: 512 });
    // The pair's own `dispose` is no option of a router, which would be refused (U15).
    const router = new GlimpRouterChatModel({ ...pair, continuation: "local" });
    const reply = await router.invoke("59, +10, %6, +90, %9");
    expect(reply.text).toBe("Answer: \\boxed{3}");
  });
});

describe("a model that can only be asked", () => {
  it("is refused as small, with what is needed instead", async () => {
    const [small, large] = [fakeModel(), fakeModel()];
    const report = await diagnose({ small, large, continuation: "ask" });
    expect(failedChecks(report)[0]).toBe("small continuation");
    expect(checkOf(report, "small", "continuation").remedy).toMatch(
      /^As small, use a model on vLLM/,
    );
  });
});

/** A writer that repeats what it is given, as servers do that echo, and ignores stop strings. */
function echoing(): StepWriter<ThoughtPrompt> {
  return {
    kind: "echo",
    open: async () => ({
      kind: "echo",
      data: "prompt",
      opensThought: true,
      promptTokens: null,
      contextSize: null,
    }),
    async *write(_from, thought) {
      yield { type: "text", text: `${thought} 4, 5`, tokens: [] };
      yield { type: "end", reason: "length" };
    },
  };
}

describe("a writer of the user's own", () => {
  it("is caught echoing and ignoring stop strings, without log-probabilities, usage, or a context size", async () => {
    const model = Object.assign(fakeModel(), { [STEP_WRITER]: echoing() });
    const report = await diagnose({ small: model, large: model });
    expect(failedChecks(report)).toEqual([
      "small log-probs",
      "small continues",
      "large continues",
      "large stop",
    ]);
    expect(checkOf(report, "small", "continues").seen).toBe(
      'the server repeats the text that it is given: "1, 2, 3, 4, 5"',
    );
    expect(warnedChecks(report)).toContain("small context-size");
    expect(warnedChecks(report)).toContain("small usage");
  });

  it("given as an object: the snippet leaves a name for it", async () => {
    const pair = await embeddedPair();
    try {
      const report = await diagnose({
        ...pair,
        continuation: { small: "local", large: pair.large[STEP_WRITER] },
      });
      expect(report.options?.continuation).toEqual({ small: "local", large: null });
      expect(report.snippet).toContain(
        'continuation: { small: "local", large: largeContinuation },',
      );
    } finally {
      await pair.dispose();
    }
  });
});
