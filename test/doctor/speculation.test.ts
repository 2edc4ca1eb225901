import { describe, expect, it } from "vitest";
import { diagnose } from "../../src/doctor/diagnose.js";
import { GlimpRouterChatModel } from "../../src/index.js";
import { errorOf } from "../writers/error-of.js";
import { fakeLlamacpp, llamacppModel } from "../writers/llamacpp/llamacpp-setup.js";
import { fakeSglang } from "../writers/sglang/sglang-setup.js";
import { chatOpenAI, fakeVllm } from "../writers/vllm/vllm-setup.js";
import { checkOf, failedChecks } from "./doctor-setup.js";

/** llama-server with a draft model of three tokens: every fourth token has candidates, the others none. */
const DRAFTS = { draftedTokens: 3 };

describe("S14: speculative decoding that gives log-probabilities all the same", () => {
  it("vLLM, whose metrics count drafts: a warning for small, none for large", async () => {
    const [small, large] = [
      await fakeVllm({ drafts: true }),
      await fakeVllm({ drafts: true, modelName: "large" }),
    ];
    const report = await diagnose({
      small: chatOpenAI(small),
      large: chatOpenAI(large, { model: "large" }),
    });
    expect(failedChecks(report)).toEqual([]);
    expect(checkOf(report, "small", "speculation")).toMatchObject({
      status: "warning",
      seen: expect.stringContaining("every hand-off throws drafted tokens away"),
      remedy: "Start the small model's server without it; only large should have it.",
    });
    expect(checkOf(report, "large", "speculation")).toMatchObject({
      status: "ok",
      seen: "on, where it helps",
    });
  });

  it("SGLang, whose server_info names the way", async () => {
    const [small, large] = [await fakeSglang({ drafts: true }), await fakeSglang()];
    const report = await diagnose({ small: chatOpenAI(small), large: chatOpenAI(large) });
    expect(checkOf(report, "small", "speculation").status).toBe("warning");
    expect(checkOf(report, "large", "speculation").seen).toBe("off");
  });
});

describe("S14: llama-server with a draft model", () => {
  it("as small: the doctor looks at every token, and names speculative decoding", async () => {
    const [small, large] = [await fakeLlamacpp(DRAFTS), await fakeLlamacpp()];
    const report = await diagnose({ small: llamacppModel(small), large: llamacppModel(large) });
    expect(report.canRoute).toBe(false);
    expect(failedChecks(report)).toEqual(["small candidates"]);
    expect(checkOf(report, "small", "candidates")).toMatchObject({
      seen: "6 of 8 tokens came without any: speculative decoding, whose drafted tokens llama-server lists without candidates",
      remedy: expect.stringMatching(/^Start the small model's server without a draft model/),
    });
  });

  it("as large: nothing is wrong, it is never glimpsed", async () => {
    const [small, large] = [await fakeLlamacpp(), await fakeLlamacpp(DRAFTS)];
    const report = await diagnose({ small: llamacppModel(small), large: llamacppModel(large) });
    expect(failedChecks(report)).toEqual([]);
  });

  it("as small: the error in mid-thought names it, too", async () => {
    const [small, large] = [await fakeLlamacpp({ draftedTokens: 1000 }), await fakeLlamacpp()];
    const router = new GlimpRouterChatModel({
      small: llamacppModel(small),
      large: llamacppModel(large),
    });
    const error = await errorOf(router.invoke("2+2?"));
    expect(error).toMatchObject({ reason: "no_logprobs", role: "small" });
    expect(error.thought).toContain("First we add 2 and 2.");
    expect(error.message).toContain(
      "Speculative decoding is a cause, too (llama-server with a draft model",
    );
  });
});
