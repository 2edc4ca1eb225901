import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { type RayServe, startRay } from "../../../scripts/gateways/start-ray.js";
import { GlimpRouterChatModel, type GlimpRouterFields } from "../../../src/index.js";
import { expectSame } from "../real-servers/expect-same.js";
import { recordOf } from "../real-servers/reply-digest.js";
import { report } from "../real-servers/report.js";
import { runChains } from "../real-servers/run-chains.js";
import { chatOpenAI } from "../real-servers/server-pair.js";
import { abortAChain } from "./abort-a-chain.js";
import { byTemplate } from "./by-template.js";
import { streamPace } from "./stream-pace.js";

let ray: RayServe;
beforeAll(async () => {
  if (inject("reference") === undefined) throw new Error("Run these by: npm run test:gateways");
  ray = await startRay(8141);
});
afterAll(() => ray?.stop());

function router(fields: Partial<GlimpRouterFields> = {}) {
  const { baseURL } = ray;
  return new GlimpRouterChatModel({
    small: chatOpenAI({ name: "small", baseURL }),
    large: chatOpenAI({ name: "large", baseURL }),
    threshold: inject("reference").threshold,
    continuation: byTemplate,
    ...fields,
  });
}

it.each(["fused", "probe"] as const)("by template, the same thoughts, %s", async (glimpse) => {
  const replies = await runChains(router({ glimpse }), inject("reference").problems);
  expectSame(`Ray Serve LLM, by template, ${glimpse}`, replies);
  const sum = (of: (record: ReturnType<typeof recordOf>) => number) =>
    replies.reduce((total, reply) => total + of(recordOf(reply)), 0);
  report(`Ray Serve LLM, by template, ${glimpse}: requests and usage`, {
    requests: sum(({ requests }) => requests.small + requests.large),
    "replies with usage that is estimated": sum(({ usage }) =>
      Number(usage.small.estimated || usage.large.estimated),
    ),
  });
});

it("an abort reaches the engine: Ray cancels the call", async () => {
  const before = await ray.cancelled();
  await abortAChain(router(), 0);
  for (let waited = 0; waited < 100 && (await ray.cancelled()) === before; waited++)
    await sleep(50);
  expect(await ray.cancelled()).toBeGreaterThan(before);
});

it("its stream comes as it is written", async () => {
  const pace = await streamPace({ baseURL: ray.baseURL, model: "small" });
  report("Ray Serve LLM: a stream", { ...pace });
  expect(pace.first / pace.whole).toBeLessThan(0.5);
});

it('"auto" does not know it, and says what to set', async () => {
  const error = await router({ continuation: "auto" })
    .invoke("59, +10, %6")
    .catch((thrown) => thrown);
  report("Ray Serve LLM, auto", { message: error.message });
  expect(error).toMatchObject({ reason: "unknown_server" });
});
