import { AIMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { GlimpRouterChatModel } from "../../../src/index.js";
import { ratingJudge } from "../../../src/router/judge-step.js";
import { askWriter } from "../../../src/writers/ask/ask.js";
import { recordOf } from "../../langchain/record-of.js";
import { spreadLogprobs } from "../../servers/script/spread-logprobs.js";
import { chatOpenAI, fakeVllm, PROMPT } from "../vllm/vllm-setup.js";
import { ScriptedChatModel, type ScriptedChunk } from "./scripted-chat-model.js";

const STEP = { thought: "We add.\n\n", step: "So 5.\n\n", tokens: 8 };

async function rate(reply: readonly ScriptedChunk[]) {
  const model = new ScriptedChatModel([reply]);
  const writer = askWriter(model, "large");
  const judge = ratingJudge("large", {
    writer,
    opening: await writer.open(PROMPT),
    topLogprobs: 20,
  });
  const { signal } = new AbortController();
  return { model, judging: judge(STEP, signal) };
}

/** A chunk as ChatOpenAI has it where it was made with `logprobs: true`. */
function likely(text: string, ...top: readonly (readonly [string, number])[]): ScriptedChunk {
  const top_logprobs = top.map(([token, p]) => ({ token, logprob: Math.log(p) }));
  const logprobs = { content: [{ token: text, logprob: -0.1, top_logprobs }] };
  return { content: text, response_metadata: { logprobs } };
}

describe("verify by score, where large is prompted", () => {
  it("a message asks for the rating of the last step, in one digit", async () => {
    const { model, judging } = await rate(["7"]);
    expect(await judging).toMatchObject({ value: expect.closeTo(2 / 9) });
    expect(model.calls).toHaveLength(1);
    const asked = model.asked(0);
    expect(asked).toMatch(/^2\+2\?\n\n---\n/);
    expect(asked).toContain("<thought_so_far>\nWe add.\n\nSo 5.\n</thought_so_far>");
    expect(asked).toMatch(
      /Rate the last step .* from 0 \(wrong\) to 9 \(right\)\. Write one digit/,
    );
  });

  it("its candidates are the rating where the model tells them", async () => {
    const { judging } = await rate([likely("9", ["9", 0.5], ["3", 0.5])]);
    expect(await judging).toMatchObject({ value: expect.closeTo(1 - 6 / 9) });
  });

  it("words before the digit, and a thought of the model's own, are none of it", async () => {
    const words = await rate([likely("**", ["**", 0.9], ["1", 0.1]), likely("8", ["8", 1]), "**"]);
    expect(await words.judging).toMatchObject({ value: expect.closeTo(1 / 9) });
    const own = await rate(["<think>\n2 and 2", " is 4, so 1.\n</think>\n\n", "0"]);
    expect(await own.judging).toMatchObject({ value: 1 });
  });

  it.each([
    ["words", ["It is fine."]],
    ["a number beyond the scale", ["10"]],
    ["nothing", [""]],
  ])("%s are no rating", async (_name, reply) => {
    await expect((await rate(reply)).judging).resolves.toMatchObject({
      value: Number.NaN,
      failed: expect.stringMatching(/^no rating from 0 to 9/),
      // It was paid for.
      asked: { role: expect.any(String), output_tokens: expect.any(Number) },
    });
  });

  it("a model that fails is a failed judgement in its own words, without its key", async () => {
    const { judging } = await rate([new Error("no credit for sk-scripted-secret")]);
    await expect(judging).rejects.toThrow(/no credit/);
    await expect(judging).rejects.not.toThrow(/sk-scripted-secret/);
  });
});

it("in a reply: steps by small are rated by a prompted ChatOpenAI that tells log-probabilities", async () => {
  const small = await fakeVllm();
  // All that this one writes is a rating: low for the second step, which mentions a doubt.
  const large = await fakeVllm({
    modelName: "large",
    model: (prompt) => {
      const text = !prompt.includes("Rate the last step")
        ? "4."
        : prompt.includes("Wait")
          ? "2"
          : "9";
      return [{ text, top: spreadLogprobs(text, 0.01) }];
    },
  });
  const router = new GlimpRouterChatModel({
    small: chatOpenAI(small),
    large: chatOpenAI(large, { model: "large", logprobs: true, topLogprobs: 20 }),
    continuation: { small: "vllm", large: "ask" },
    policy: () => "small",
    verify: { by: "score", threshold: 0.95 },
  });
  const reply = await router.invoke("2+2?");
  expect(reply).toBeInstanceOf(AIMessage);
  const { steps, requests } = recordOf(reply);
  expect(steps.map(({ verified }) => verified?.value?.toFixed(1))).toEqual(["0.0", "0.8", "0.8"]);
  expect(requests.verify).toBe(3);
  const [asked] = large.to("/v1/chat/completions");
  expect(asked?.body).toMatchObject({ logprobs: true, top_logprobs: 20 });
});
