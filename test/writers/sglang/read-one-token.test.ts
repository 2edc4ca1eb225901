import { expect, it } from "vitest";
import { openAIAccess } from "../../../src/writers/connection/openai-client.js";
import { readOneToken } from "../../../src/writers/sglang/read-one-token.js";
import { chatOpenAI } from "../vllm/vllm-setup.js";

it("S2, F11: null is an impossible candidate in a whole reply, too, and only the first choice is read", async () => {
  const choices = [
    { index: 1, logprobs: { tokens: ["x"], token_logprobs: [-9], top_logprobs: [{ x: -9 }] } },
    {
      index: 0,
      logprobs: { tokens: ["a"], token_logprobs: [-0.5], top_logprobs: [{ a: -0.5, never: null }] },
    },
  ];
  const fetch = async () => Response.json({ choices });
  const model = chatOpenAI({ baseURL: "http://127.0.0.1:9/v1" }, { configuration: { fetch } });
  const { map, token } = await readOneToken(openAIAccess(model, "small"), { logprobs: 2 });
  expect(map).toEqual({ a: -0.5, never: Number.NEGATIVE_INFINITY });
  expect(token?.top).toEqual([
    { token: "a", logprob: -0.5 },
    { token: "never", logprob: Number.NEGATIVE_INFINITY },
  ]);
});
