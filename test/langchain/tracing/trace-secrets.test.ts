import { inspect } from "node:util";
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

it("F20: no secret is in a trace, whatever a server echoes", async () => {
  const secrets = ["sk-model-key", "header-secret", "cookie-secret", "alice-user", "pass-secret"];
  const model = chatOpenAI(
    { baseURL: "http://alice-user:pass-secret@127.0.0.1:9/v1" },
    {
      apiKey: "sk-model-key",
      configuration: {
        defaultHeaders: { "x-api-key": "header-secret", cookie: "session=cookie-secret" },
        fetch: async (url, init) => {
          const headers: string[] = [];
          new Headers(init?.headers).forEach((value) => {
            headers.push(value);
          });
          const message = `${url} came with ${headers.join(", ")}`;
          return Response.json({ error: { message, param: message } }, { status: 400 });
        },
      },
    },
  );
  const router = new GlimpRouterChatModel({ small: model, large: model, continuation: "vllm" });
  const { tracer, tree, server: langsmith } = await useTracer();
  const errors: Error[] = [];
  const callbacks = [tracer, { handleLLMError: (error: Error) => void errors.push(error) }];
  await expect(router.invoke("2+2?", { callbacks })).rejects.toThrow("came with");
  expect((await tree()).error).toContain("came with");
  const told = langsmith.bodies.join("\n") + inspect(errors, { depth: 20, showHidden: true });
  for (const secret of secrets) expect(told).not.toContain(secret);
});
