import { expect, it } from "vitest";
import { GlimpRouterChatModel } from "../../src/index.js";
import { ServedModels } from "../../src/serve/models/served-models.js";
import { readRequest } from "../../src/serve/request/read-request.js";
import { resolveServed } from "../../src/serve/serve-options.js";
import { chatOpenAI, fakeVllm } from "../writers/vllm/vllm-setup.js";
import { QUESTION, served } from "./served.js";

async function pair() {
  const [small, large] = [await fakeVllm(), await fakeVllm()];
  const models = {
    small: chatOpenAI(small, { temperature: 0.6, topP: 0.95 }),
    large: chatOpenAI(large, { temperature: 0.7 }),
  };
  const router = new GlimpRouterChatModel({ ...models, maxThoughtTokens: 500 });
  const { ask } = served(router);
  const samplings = () =>
    [...small.to("/v1/completions"), ...large.to("/v1/completions")].map(({ body }) => {
      const { temperature, top_p, seed } = body as Record<string, unknown>;
      return JSON.stringify([temperature, top_p, seed]);
    });
  return { small, large, router, ask, samplings };
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

it("a server is asked once what it is, whatever sampling is asked for, and the router's own options hold", async () => {
  const { small, ask } = await pair();
  await ask({ temperature: 0.2 });
  const reply = (await (await ask({ temperature: 0.3 })).json()) as {
    glimprouter: { continuation: object };
  };
  expect(small.to("/v1/models")).toHaveLength(1);
  expect(reply.glimprouter.continuation).toEqual({ small: "vllm", large: "vllm" });
});

it("the routers of the last sixteen samplings are kept, each with what it has found out", async () => {
  const { router } = await pair();
  const models = new ServedModels(resolveServed({ router }));
  const routerAt = (seed: number) =>
    models.callFor(readRequest({ model: "glimprouter", messages: QUESTION, seed })).model;
  const first = routerAt(0);
  for (let seed = 1; seed < 16; seed++) expect(routerAt(seed)).not.toBe(first);
  expect(routerAt(0)).toBe(first);
  const second = routerAt(1);
  // Seed 2 is the one that was asked for longest ago now.
  routerAt(16);
  expect(routerAt(0)).toBe(first);
  expect(routerAt(1)).toBe(second);
  for (let seed = 20; seed < 36; seed++) routerAt(seed);
  expect(routerAt(0)).not.toBe(first);
});
