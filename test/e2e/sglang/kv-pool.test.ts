import { expect, inject, it } from "vitest";
import { always } from "../../../src/index.js";
import { expectSame } from "../real-servers/expect-same.js";
import { recordOf } from "../real-servers/reply-digest.js";
import { report } from "../real-servers/report.js";
import { runChains } from "../real-servers/run-chains.js";
import { chatOpenAI } from "../real-servers/server-pair.js";
import { useSglangPair } from "./sglang-pair.js";

/** Ordinary on a GPU: the pool that memory is left for is smaller than the context. */
const { servers, router } = useSglangPair(["--max-total-tokens", "300"], {
  SGLANG_RETURN_ORIGINAL_LOGPROB: "1",
});

it("original log-probabilities are left as they are, at temperature 0.05 and 0.6", async () => {
  const { problems } = inject("reference");
  for (const temperature of [0.05, 0.6]) {
    const models = {
      small: chatOpenAI(servers().small, { temperature }),
      large: chatOpenAI(servers().large, { temperature }),
    };
    const replies = await runChains(router(models), problems.slice(0, problems.length / 10), 4);
    expectSame(`original log-probabilities, temperature ${temperature}`, replies);
  }
});

/** A prompt of about as many tokens: one for each digit, comma and blank. */
const promptOf = (tokens: number) => `${"1, ".repeat(Math.floor(tokens / 3))}+10, %6`;

it.each([60, 150, 210])(
  "S9: a thought behind %s tokens closes where the pool ends, and is answered",
  async (tokens) => {
    // It may neither close its thought nor end: the room decides.
    const modelKwargs = { logit_bias: { 2: -100, 357: -100 } };
    const small = chatOpenAI(servers().small, { modelKwargs });
    const policy = always("small");
    const message = await router({ small, policy, maxAnswerTokens: 32 }).invoke(promptOf(tokens));
    const { stopReason, steps } = recordOf(message);
    const thought = String(message.additional_kwargs.reasoning_content);
    report(`KV pool 300, prompt of ${tokens}`, { stopReason, steps: steps.length, thought });
    expect(["context", "repetition"]).toContain(stopReason);
    expect(thought).not.toBe("");
    expect(message.text).not.toBe("");
  },
);

it("S9: a prompt beyond the pool is told before anything is written", async () => {
  await expect(router().invoke(promptOf(400))).rejects.toMatchObject({
    message: expect.stringMatching(/294/),
  });
});
