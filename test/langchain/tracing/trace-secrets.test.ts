import { expect, it } from "vitest";
import { GlimpRouterChatModel } from "../../../src/index.js";
import { chatOpenAI, fakeVllm } from "../../writers/vllm/vllm-setup.js";
import { useTracer } from "./traced.js";

const SECRETS = ["sk-model-key", "tenant-header", "body-token"];

it.each(["invoke", "failure"])("no key and no header is in a trace: %s", async (kind) => {
  const server = await fakeVllm(kind === "failure" ? { apiKey: "another-key" } : {});
  const model = chatOpenAI(server, {
    apiKey: "sk-model-key",
    configuration: { defaultHeaders: { "x-tenant": "tenant-header" } },
    modelKwargs: { cache_salt: "body-token" },
  });
  const router = new GlimpRouterChatModel({ small: model, large: model, continuation: "vllm" });
  const { tracer, tree, server: langsmith } = await useTracer();
  const reply = router.invoke("2+2?", { callbacks: [tracer] });
  if (kind === "failure") await expect(reply).rejects.toThrow();
  else expect((await reply).text).toBe("The answer is 4.");
  expect((await tree()).error ?? null).toEqual(kind === "failure" ? expect.any(String) : null);
  expect(langsmith.bodies.join("\n").length).toBeGreaterThan(500);
  for (const secret of SECRETS) expect(langsmith.bodies.join("\n")).not.toContain(secret);
});
