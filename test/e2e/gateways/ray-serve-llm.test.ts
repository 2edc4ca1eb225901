import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
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
    continuation: "vllm",
    ...fields,
  });
}

/** Both ways, since the first needs nothing but the name, and the second no chat. */
const WAYS = [
  { name: '"vllm"', continuation: "vllm", estimated: false },
  { name: "by template", continuation: byTemplate, estimated: true },
] as const;

describe.each(WAYS)("continuation $name", ({ name, continuation, estimated }) => {
  it.each(["fused", "probe"] as const)("the same thoughts, %s", async (glimpse) => {
    const { problems } = inject("reference");
    const replies = await runChains(router({ glimpse, continuation }), problems);
    expectSame(`Ray Serve LLM, ${name}, ${glimpse}`, replies);
    const records = replies.map(recordOf);
    report(`Ray Serve LLM, ${name}, ${glimpse}`, {
      requests: records.reduce((sum, { requests }) => sum + requests.small + requests.large, 0),
      "replies with estimated usage": records.filter(({ usage }) => usage.small.estimated).length,
    });
    // A stream that was given up tells its usage only where totals run along.
    if (glimpse === "fused") {
      expect(records.some(({ usage }) => usage.small.estimated)).toBe(estimated);
    }
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
