import { ChatOllama } from "@langchain/ollama";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { GlimpRouterChatModel, type GlimpRouterFields } from "../../src/index.js";
import type { FakeOllama } from "../servers/fake-ollama/fake-ollama-options.js";
import { CHAIN } from "../writers/llamacpp/llamacpp-setup.js";
import { fakeOllama } from "../writers/ollama/ollama-setup.js";
import { recordOf } from "./record-of.js";

const THOUGHT = CHAIN.steps.map(({ text }) => text).join("\n\n");

function router(server: FakeOllama, fields: Partial<GlimpRouterFields> = {}) {
  const model = (name: string) =>
    new ChatOllama({
      model: name,
      baseUrl: server.url,
      temperature: 0,
      numCtx: 2048,
      maxRetries: 0,
      headers: { "x-team": "blue-team" },
    });
  return new GlimpRouterChatModel({ small: model("small"), large: model("large"), ...fields });
}

const ADD = {
  type: "function" as const,
  function: {
    name: "add",
    description: "Adds two numbers.",
    parameters: { type: "object", properties: { a: { type: "number" }, b: { type: "number" } } },
  },
};

describe("ChatOllama itself in both roles", () => {
  it("is found, routed and answered; its options, headers and address are used", async () => {
    const server = await fakeOllama({ script: CHAIN });
    const message = await router(server).invoke("59, +10, %6");
    expect(message.text).toBe(CHAIN.answer);
    expect(message.additional_kwargs.reasoning_content).toBe(THOUGHT);
    const { steps, continuation } = recordOf(message);
    expect(steps.map(({ route }) => route)).toEqual(["small", "large", "small", "large", "small"]);
    expect(continuation).toEqual({ small: "ollama", large: "ollama" });
    for (const { body } of server.to("/api/generate")) {
      expect(body.options).toMatchObject({ num_ctx: 2048, temperature: 0 });
    }
    expect(server.requests.every(({ headers }) => headers["x-team"] === "blue-team")).toBe(true);
    expect(server.violations).toEqual([]);
  });

  it("streams, and ends its request where the reader leaves", async () => {
    const server = await fakeOllama({ script: CHAIN, tokenDelayMs: 5 });
    const chunks = [];
    for await (const chunk of await router(server).stream("59, +10, %6")) {
      chunks.push(chunk);
      if (chunks.length === 3) break;
    }
    await server.idle();
    expect(server.to("/api/generate").filter(({ aborted }) => aborted).length).toBeGreaterThan(0);
  });

  it("calls tools through its own chat, with the thought in the prompt", async () => {
    const server = await fakeOllama({ script: CHAIN });
    const message = await router(server).bindTools([ADD]).invoke("59, +10, %6");
    expect(message.tool_calls).toMatchObject([{ name: "add", args: { a: 2, b: 2 } }]);
    const asked = server.to("/api/chat").filter(({ body }) => body._debug_render_only !== true);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.body.tools).toEqual([ADD]);
    expect(JSON.stringify(asked[0]?.body.messages)).toContain("We start with 59 and add ten.");
  });

  it("holds an answer to a schema behind the closed thought", async () => {
    const server = await fakeOllama({ script: { ...CHAIN, answer: '{"sum":3}' } });
    const schema = z.object({ sum: z.number() });
    const reply = await router(server)
      .withStructuredOutput(schema, { method: "jsonSchema" })
      .invoke("59, +10, %6");
    expect(reply).toEqual({ sum: 3 });
    const last = server.to("/api/generate").at(-1);
    const properties = { sum: { type: "number" } };
    expect(last?.body.format).toMatchObject({ type: "object", properties });
    expect(String(last?.body.prompt).endsWith("</think>\n\n")).toBe(true);
  });

  it("goes on working as large by `ask`, with `format` in place of a name that it ignores", async () => {
    const server = await fakeOllama({ script: CHAIN });
    const asked = router(server, { continuation: { large: "ask" } });
    const reply = await asked
      .withStructuredOutput(z.object({ sum: z.number() }), { method: "jsonSchema" })
      .invoke("59, +10, %6");
    expect(reply).toEqual({ sum: 4 });
    const last = server.to("/api/chat").at(-1);
    expect(last?.body.format).toMatchObject({ type: "object" });
  });
});
