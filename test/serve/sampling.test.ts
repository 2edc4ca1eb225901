import { expect, it } from "vitest";
import { GlimpRouterChatModel } from "../../src/index.js";
import { chatOpenAI, fakeVllm } from "../writers/vllm/vllm-setup.js";
import { served } from "./served.js";

async function pair() {
  const [small, large] = [await fakeVllm(), await fakeVllm()];
  const models = {
    small: chatOpenAI(small, { temperature: 0.6, topP: 0.95 }),
    large: chatOpenAI(large, { temperature: 0.7 }),
  };
  const { ask } = served(new GlimpRouterChatModel({ ...models, maxThoughtTokens: 500 }));
  const samplings = () =>
    [...small.to("/v1/completions"), ...large.to("/v1/completions")].map(({ body }) => {
      const { temperature, top_p, seed } = body as Record<string, unknown>;
      return JSON.stringify([temperature, top_p, seed]);
    });
  return { small, large, ask, samplings };
}

it("a request's temperature, top_p and seed are those of both models, for this request alone", async () => {
  const { ask, samplings } = await pair();
  expect((await ask({ temperature: 0, top_p: 0.5, seed: 11 })).status).toBe(200);
  expect(new Set(samplings())).toEqual(new Set(["[0,0.5,11]"]));
  const before = samplings().length;
  await ask();
  expect(new Set(samplings())).toEqual(
    new Set(["[0,0.5,11]", JSON.stringify([0.6, 0.95, undefined]), "[0.7,null,null]"]),
  );
  expect(samplings().length).toBe(2 * before);
});

it("what servers are is found out once for each sampling, and the router's own options hold", async () => {
  const { small, ask } = await pair();
  // vLLM signs its list of models, so that it is asked for nothing else.
  const looks = () => small.to("/v1/models").length;
  await ask({ temperature: 0.2 });
  const once = looks();
  expect(once).toBeGreaterThan(0);
  const reply = (await (await ask({ temperature: 0.2 })).json()) as {
    glimprouter: { continuation: object };
  };
  expect(looks()).toBe(once);
  expect(reply.glimprouter.continuation).toEqual({ small: "vllm", large: "vllm" });
});
