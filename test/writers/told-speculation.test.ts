import { describe, expect, it } from "vitest";
import { GlimpRouterChatModel, type GlimpRouterFields } from "../../src/index.js";
import { recordOf } from "../langchain/record-of.js";
import { fakeLlamacpp, llamacppModel } from "./llamacpp/llamacpp-setup.js";
import { chatOpenAI, fakeVllm } from "./vllm/vllm-setup.js";

const METRICS = { speculative_decoding: { num_draft_tokens: 12, num_accepted_draft_tokens: 7 } };

async function told(model: Pick<GlimpRouterFields, "small" | "large" | "glimpse">) {
  const { steps, answer } = recordOf(await new GlimpRouterChatModel(model).invoke("2+2?"));
  const parts = steps.flatMap((step) => step.parts);
  return {
    parts: parts.map(({ route, speculation }) => [route, speculation]),
    answer: answer?.speculation,
  };
}

describe("what a server tells of tokens written ahead is in the record", () => {
  async function vllm(metrics?: unknown, fields: Pick<GlimpRouterFields, "glimpse"> = {}) {
    const [small, large] = [await fakeVllm(), await fakeVllm({ metrics })];
    return told({ small: chatOpenAI(small), large: chatOpenAI(large), ...fields });
  }

  it.each(["fused", "probe"] as const)(
    "vLLM's, of large's step and of the answer (%s)",
    async (glimpse) => {
      const speculation = { drafted: 12, accepted: 7 };
      expect(await vllm(METRICS, { glimpse })).toEqual({
        parts: [
          ["small", null],
          ["large", speculation],
          ["small", null],
        ],
        answer: speculation,
      });
    },
  );

  it.each([
    undefined,
    null,
    { speculative_decoding: null },
    { speculative_decoding: { accepted: 7, drafted: 12 } },
  ])("nothing where it tells nothing, or in another form (%#)", async (metrics) => {
    const { parts, answer } = await vllm(metrics);
    expect(parts.map(([, speculation]) => speculation)).toEqual([null, null, null]);
    expect(answer).toBeNull();
  });

  it("llama.cpp's timings", async () => {
    const small = await fakeLlamacpp();
    const large = await fakeLlamacpp({ draftedTokens: 3 });
    const { parts, answer } = await told({
      small: llamacppModel(small),
      large: llamacppModel(large),
    });
    // Three of each run of four tokens: of five tokens of the step, and of five of the answer.
    expect(parts).toEqual([
      ["small", null],
      ["large", { drafted: 6, accepted: 3 }],
      ["small", null],
    ]);
    expect(answer).toEqual({ drafted: 6, accepted: 3 });
  });
});
